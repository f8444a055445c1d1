// What the composer proposes while someone types: commands, people, groups, channels, emoji. Pure.
import { displayName } from '../text/directory.js';
import { emojiChar, searchEmoji } from '../text/emoji.js';

const LIMIT = 8;
const EVERYONE = [['here', 'everyone who is active'], ['channel', 'everyone in this channel']];

const starts = (needle, ...texts) => texts.some((text) => (text ?? '').toLowerCase().split(/[\s._-]/).concat((text ?? '').toLowerCase()).some((word) => word.startsWith(needle)));

function commandItems(needle, { commands }) {
  return commands.filter((one) => one.command.slice(1).toLowerCase().startsWith(needle)).slice(0, LIMIT).map((one) => ({
    insert: `${one.command} `, label: one.command, hint: one.usage_hint, note: one.description, by: one.app_name || 'built in', drawing: 'bolt',
  }));
}

function peopleItems(needle, { users, groups }) {
  const people = Object.values(users).filter((user) => !user.deleted && starts(needle, user.name, displayName(user), user.real_name))
    .map((user) => ({ insert: `@${user.name} `, label: displayName(user), note: `@${user.name}${user.is_bot ? ' · app' : ''}`, user }));
  const teams = Object.values(groups).filter((group) => starts(needle, group.handle, group.name)).map((group) => ({ insert: `@${group.handle} `, label: group.name, note: `@${group.handle} · ${group.users.length} people`, drawing: 'people' }));
  const all = EVERYONE.filter(([name]) => name.startsWith(needle)).map(([name, note]) => ({ insert: `@${name} `, label: `@${name}`, note, drawing: 'people' }));
  return [...people, ...teams, ...all].slice(0, LIMIT);
}

function channelItems(needle, { channels }) {
  return Object.values(channels).filter((channel) => channel.name && starts(needle, channel.name)).slice(0, LIMIT)
    .map((channel) => ({ insert: `#${channel.name} `, label: channel.name, note: channel.topic || channel.purpose || '', drawing: channel.kind === 'private' ? 'lock' : 'hash' }));
}

const emojiItems = (needle) => searchEmoji(needle, LIMIT).map((name) => ({ insert: `:${name}: `, label: `:${name}:`, emoji: emojiChar(name) }));

const TRIGGERS = [
  { pattern: /^\/(\S*)$/, items: commandItems },
  { pattern: /(?:^|[\s(])@([\p{L}\p{N}._-]*)$/u, items: peopleItems },
  { pattern: /(?:^|[\s(])#([\p{L}\p{N}_-]*)$/u, items: channelItems },
  { pattern: /(?:^|\s):([a-z0-9_+-]{2,})$/, items: emojiItems },
];

/**
 * What could stand where the caret is.
 * @returns {{from: number, items: object[]}|null} `from`: where the word that would be replaced begins
 */
export function proposals(text, caret, known) {
  const before = text.slice(0, caret);
  for (const { pattern, items } of TRIGGERS) {
    const match = before.match(pattern);
    if (!match) continue;
    const found = items(match[1].toLowerCase(), known);
    return found.length ? { from: caret - match[1].length - 1, items: found } : null;
  }
  return null;
}

/** The command that is being written, once its name is complete: its usage is shown while its arguments are typed. */
export function commandBeingTyped(text, commands) {
  const name = text.match(/^(\/\S+)\s/)?.[1];
  return name ? commands.find((one) => one.command === name) ?? null : null;
}

/** Whether the caret stands inside an open code fence, where Enter is a new line. */
export const inFence = (text, caret) => (text.slice(0, caret).match(/```/g) ?? []).length % 2 === 1;
