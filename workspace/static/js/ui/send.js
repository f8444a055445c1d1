// What is typed, on its way: a command, a message with files, or a message.
import { post, upload } from '../state/api.js';
import { get } from '../state/store.js';
import { putMessage, timelineKey } from '../state/timeline.js';

/** Refusals of which the workspace itself tells the person in the conversation. */
const TOLD_IN_CHANNEL = new Set(['operation_timeout', 'dispatch_failed']);

/** @returns the server's answer; `shown` when the conversation itself tells of the refusal */
export async function sendTyped({ channel, threadTs, text, files, broadcast }) {
  const command = files.length === 0 && text.match(/^(\/\S+)(?:\s+([\s\S]*))?$/);
  if (command) {
    const answer = await post('commands', { channel, command: command[1], text: (command[2] ?? '').trim(), thread_ts: threadTs });
    return { ...answer, shown: TOLD_IN_CHANNEL.has(answer.error) };
  }
  const answer = files.length > 0
    ? await upload(files, { channel, thread_ts: threadTs, text })
    : await post('messages', { channel, text, thread_ts: threadTs, ...(threadTs && broadcast ? { broadcast: true } : {}) });
  if (answer.message?.ts && get(timelineKey(channel))) putMessage(channel, answer.message);
  return answer;
}
