// Where the options of a select come from. Every source gives groups: `[{label, options: [{value, label, note, of}]}]`.
import { list, str } from '../lib.js';
import { displayName } from '../text/directory.js';
import { plainText } from '../text/render.js';

const KINDS = { public: 'public', private: 'private', im: 'im', mpim: 'mpim' };

const fromSlack = (option) => ({ value: str(option?.value), label: plainText(option?.text), note: plainText(option?.description), of: option });

function staticGroups(element) {
  if (list(element.option_groups).length > 0) {
    return element.option_groups.map((group) => ({ label: plainText(group?.label), options: list(group?.options).map(fromSlack) }));
  }
  return [{ label: '', options: list(element.options).map(fromSlack) }];
}

/** Options as an external source answered them. */
export function answeredGroups(answer) {
  return staticGroups({ options: answer?.options, option_groups: answer?.option_groups });
}

function people(directory) {
  const users = Object.values(directory.users).filter((user) => !user.deleted);
  users.sort((a, b) => displayName(a).localeCompare(displayName(b)));
  return [{ label: '', options: users.map((user) => ({ value: user.id, label: displayName(user), note: user.is_bot ? 'app' : user.title || '' })) }];
}

/** How a conversation is called by the person who looks. */
export function channelTitle(channel, users) {
  if (channel.kind === 'im' || channel.kind === 'mpim') return list(channel.with).map((id) => displayName(users[id]) || id).join(', ') || 'Yourself';
  return channel.name;
}

function conversations(directory, filter) {
  const kinds = list(filter?.include).map((name) => KINDS[name]).filter(Boolean);
  const fits = (channel) => (kinds.length === 0 || kinds.includes(channel.kind)) && !channel.is_archived
    && !(filter?.exclude_bot_users && channel.app_id);
  const options = Object.values(directory.channels).filter(fits).map((channel) => ({
    value: channel.id, label: channelTitle(channel, directory.users), note: channel.kind === 'im' ? 'direct message' : '', sign: channel.kind === 'public' ? '#' : '',
  }));
  return [{ label: '', options: options.sort((a, b) => a.label.localeCompare(b.label)) }];
}

/** The groups of an element that needs no server to list them. */
export function knownGroups(element, directory) {
  const type = str(element.type).replace(/^multi_/, '');
  if (type === 'users_select') return people(directory);
  if (type === 'channels_select') return conversations(directory, { include: ['public'] });
  if (type === 'conversations_select') return conversations(directory, element.filter);
  return staticGroups(element);
}

/** The groups whose options hold the words. */
export function matching(groups, query) {
  const needle = query.trim().toLowerCase();
  return groups
    .map((group) => ({ ...group, options: group.options.filter((option) => `${option.label} ${option.note ?? ''}`.toLowerCase().includes(needle)) }))
    .filter((group) => group.options.length > 0);
}

const INITIAL = {
  static_select: (e) => e.initial_option?.value ?? null,
  external_select: (e) => e.initial_option?.value ?? null,
  users_select: (e) => e.initial_user ?? null,
  channels_select: (e) => e.initial_channel ?? null,
  conversations_select: (e, here) => e.initial_conversation ?? (e.default_to_current_conversation ? here ?? null : null),
  multi_static_select: (e) => list(e.initial_options).map((o) => str(o?.value)),
  multi_external_select: (e) => list(e.initial_options).map((o) => str(o?.value)),
  multi_users_select: (e) => list(e.initial_users),
  multi_channels_select: (e) => list(e.initial_channels),
  multi_conversations_select: (e, here) => (e.initial_conversations ? list(e.initial_conversations) : e.default_to_current_conversation && here ? [here] : []),
};

/** What an element starts with, as a Value. */
export const initialValue = (element, here) => INITIAL[element.type](element, here);

/** Options that an element itself names as its start; an external select knows no others until asked. */
export const initialOptions = (element) => [element.initial_option, ...list(element.initial_options)].filter(Boolean).map(fromSlack);
