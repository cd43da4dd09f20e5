import { z } from 'zod';
import { messageBlocks, named } from './blocks.js';
import { method, type Method } from './method.js';
import { SlackRefusal, type SlackMessage, type Workspace } from './workspace.js';

const channel = z.string().min(1);
const ts = z.string().regex(/^\d+\.\d{6}$/);
// Slack cuts a post here: https://docs.slack.dev/reference/methods/chat.postMessage#truncating
const body = { text: z.string().min(1).max(40_000), blocks: messageBlocks.optional(), unfurl_links: z.boolean().optional(), unfurl_media: z.boolean().optional() };
// https://docs.slack.dev/messaging/message-metadata
const metadata = z.strictObject({ event_type: z.string().min(1).max(255), event_payload: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])) });

export const CHAT_METHODS: readonly Method[] = [
  method('chat.postMessage', {
    tier: 'post',
    scope: 'chat:write',
    fields: z.strictObject({ channel, ...body, thread_ts: ts.optional(), metadata: metadata.optional() }),
    run: ({ channel: id, text, blocks, thread_ts, metadata: meta }, { workspace }) => {
      // a direct message is opened by posting to the user
      const target = workspace.users.has(id) ? direct(workspace, id) : workspace.writable(id).id;
      const message: SlackMessage = { channel: target, ts: workspace.ts(), text, blocks: named(blocks ?? []), edits: 0, deleted: false, ...(thread_ts !== undefined && { thread: thread_ts }), ...(meta && { metadata: meta }) };
      workspace.messages.push(message);
      return { channel: target, ts: message.ts, message: shown(message) };
    },
  }),
  method('chat.update', {
    tier: 3,
    scope: 'chat:write',
    // more is `msg_too_long`, and it is less than a post may have: https://docs.slack.dev/reference/methods/chat.update
    fields: z.strictObject({ channel, ts, ...body, text: z.string().min(1).max(4_000), metadata: metadata.optional() }).omit({ unfurl_links: true, unfurl_media: true }),
    run: ({ channel: id, ts: at, text, blocks }, { workspace }) => {
      const message = existing(workspace, id, at);
      Object.assign(message, { text, blocks: named(blocks ?? []), edits: message.edits + 1 });
      return { channel: id, ts: at, text, message: shown(message) };
    },
  }),
  method('chat.postEphemeral', {
    tier: 4,
    scope: 'chat:write',
    fields: z.strictObject({ channel, user: z.string().min(1), ...body, thread_ts: ts.optional() }),
    run: ({ channel: id, user, text, blocks }, { workspace }) => {
      workspace.writable(id);
      if (!workspace.users.has(user)) throw new SlackRefusal('user_not_in_channel');
      const message: SlackMessage = { channel: id, ts: workspace.ts(), ephemeralTo: user, text, blocks: named(blocks ?? []), edits: 0, deleted: false };
      workspace.messages.push(message);
      return { message_ts: message.ts };
    },
  }),
];

/** https://docs.slack.dev/reference/methods/chat.update: `message_not_found` also when somebody has deleted it. */
function existing(workspace: Workspace, id: string, at: string): SlackMessage {
  workspace.writable(id);
  const found = workspace.message(id, at);
  if (!found) throw new SlackRefusal('message_not_found');
  return found;
}

function direct(workspace: Workspace, user: string): string {
  const id = `D${user.slice(1)}`;
  if (!workspace.channels.has(id)) workspace.channels.set(id, { id, name: 'directmessage', private: true, member: true, archived: false });
  return id;
}

export function shown({ ts: at, text, blocks, thread, metadata: meta }: SlackMessage): Readonly<Record<string, unknown>> {
  return { type: 'message', bot_id: 'B1', ts: at, text, blocks, ...(thread !== undefined && { thread_ts: thread }), ...(meta && { metadata: meta }) };
}
