import { z } from 'zod';
import { homeView, modalView, named, type ModalView } from './blocks.js';
import { shown } from './chat-methods.js';
import { method, type Method } from './method.js';
import { SlackRefusal, type SlackChannel, type SlackMessage, type SlackView, type Workspace } from './workspace.js';

export const BOT_USER = 'U0BOT';

const trigger_id = z.string().min(1);

/** Unique in a team, by https://docs.slack.dev/reference/methods/views.open#errors. */
function unused(workspace: Workspace, { external_id }: ModalView): void {
  if (external_id !== undefined && [...workspace.views.values()].some(({ content }) => content.external_id === external_id)) throw new SlackRefusal('duplicate_external_id');
}

const VIEW_METHODS: readonly Method[] = [
  method('views.open', {
    tier: 4,
    fields: z.strictObject({ trigger_id, view: modalView }),
    run: ({ trigger_id: trigger, view }, { workspace, triggerLifetime }) => {
      const user = workspace.spend(trigger, triggerLifetime);
      unused(workspace, view);
      return { view: shownView(workspace.openView(user, view), workspace.team) };
    },
  }),
  method('views.push', {
    tier: 4,
    fields: z.strictObject({ trigger_id, view: modalView }),
    run: ({ trigger_id: trigger, view }, { workspace, triggerLifetime }) => {
      const user = workspace.spend(trigger, triggerLifetime);
      if (![...workspace.views.values()].some((each) => each.user === user && each.open)) throw new SlackRefusal('not_found');
      return { view: shownView(workspace.openView(user, view), workspace.team) };
    },
  }),
  method('views.update', {
    tier: 4,
    fields: z
      .strictObject({ view_id: z.string().min(1).optional(), external_id: z.string().min(1).max(255).optional(), view: modalView, hash: z.string().optional() })
      .refine(({ view_id, external_id }) => (view_id === undefined) !== (external_id === undefined), 'either view_id or external_id'),
    run: ({ view_id, external_id, view, hash }, { workspace }) => {
      const found = view_id === undefined ? [...workspace.views.values()].find(({ content }) => content.external_id === external_id) : workspace.views.get(view_id);
      if (!found?.open) throw new SlackRefusal('not_found');
      if (hash !== undefined && hash !== found.hash) throw new SlackRefusal('hash_conflict');
      workspace.replaceView(found, view);
      return { view: shownView(found, workspace.team) };
    },
  }),
  method('views.publish', {
    tier: 4,
    fields: z.strictObject({ user_id: z.string().min(1), view: homeView, hash: z.string().optional() }),
    run: ({ user_id, view, hash }, { workspace }) => {
      if (!workspace.users.has(user_id) || workspace.deactivated.has(user_id)) throw new SlackRefusal('user_not_found');
      const before = workspace.homes.get(user_id);
      if (hash !== undefined && before && hash !== before.hash) throw new SlackRefusal('hash_conflict');
      const next = { ...view, hash: `${workspace.next()}` };
      workspace.homes.set(user_id, next);
      return { view: { id: `V0${user_id}`, team_id: workspace.team, ...next, blocks: named(view.blocks) } };
    },
  }),
];

const id = z.string().min(1);
const limit = z.coerce.number().int().min(1).max(999).optional();
const yes = z.boolean().optional();
const page = { limit, include_all_metadata: yes, oldest: z.string().regex(/^\d+(\.\d{6})?$/).optional(), cursor: z.string().optional() };

interface Page {
  readonly limit?: number | undefined;
  readonly include_all_metadata?: boolean | undefined;
  readonly oldest?: string | undefined;
  readonly cursor?: string | undefined;
}

function inChannel(workspace: Workspace, channel: string): SlackMessage[] {
  return workspace.messages.filter((each) => each.channel === channel && !each.deleted && each.ephemeralTo === undefined);
}

/** https://docs.slack.dev/apis/web-api/pagination */
function pageOf(all: readonly SlackMessage[], { limit: most = 100, include_all_metadata: withMetadata, oldest = '0', cursor = '' }: Page): Readonly<Record<string, unknown>> {
  const from = cursor === '' ? 0 : Number(Buffer.from(cursor, 'base64url').toString());
  const recent = all.filter(({ ts }) => Number(ts) > Number(oldest));
  const more = recent.length > from + most;
  const messages = recent.slice(from, from + most).map((each) => ({ ...shown(each), ...(withMetadata ? {} : { metadata: undefined }) }));
  return { messages, has_more: more, response_metadata: { next_cursor: more ? Buffer.from(String(from + most)).toString('base64url') : '' } };
}

const CONVERSATION_METHODS: readonly Method[] = [
  method('conversations.info', { tier: 3, scope: 'channels:read', fields: z.strictObject({ channel: id }), run: ({ channel }, { workspace }) => ({ channel: shownChannel(known(workspace, channel)) }) }),
  method('conversations.list', {
    tier: 2,
    scope: 'channels:read',
    fields: z.strictObject({ types: z.string().optional(), exclude_archived: yes, limit, cursor: z.string().optional() }),
    run: (_, { workspace }) => ({ channels: [...workspace.channels.values()].filter(({ id: each }) => each.startsWith('C')).map(shownChannel), response_metadata: { next_cursor: '' } }),
  }),
  method('conversations.history', {
    tier: 3,
    scope: 'channels:history',
    fields: z.strictObject({ channel: id, ...page }),
    run: ({ channel, ...asked }, { workspace }) => {
      if (!known(workspace, channel).member) throw new SlackRefusal('not_in_channel');
      return pageOf(inChannel(workspace, channel).filter(({ thread }) => thread === undefined).reverse(), asked);
    },
  }),
  method('conversations.replies', {
    tier: 3,
    scope: 'channels:history',
    fields: z.strictObject({ channel: id, ts: z.string().min(1), ...page }),
    run: ({ channel, ts, ...asked }, { workspace }) => {
      if (!known(workspace, channel).member) throw new SlackRefusal('not_in_channel');
      if (!workspace.message(channel, ts)) throw new SlackRefusal('thread_not_found');
      // with the parent, oldest first
      return pageOf(inChannel(workspace, channel).filter((each) => each.ts === ts || each.thread === ts), asked);
    },
  }),
];

const PEOPLE_METHODS: readonly Method[] = [
  method('auth.test', { tier: 'unlimited', fields: z.strictObject({}), run: (_, { workspace }) => ({ url: 'https://double.slack.com/', team: 'Double', user: 'sluice', team_id: workspace.team, user_id: BOT_USER, bot_id: 'B1', is_enterprise_install: false }) }),
  method('users.info', {
    tier: 4,
    scope: 'users:read',
    fields: z.strictObject({ user: id }),
    run: ({ user }, { workspace }) => {
      if (!workspace.users.has(user)) throw new SlackRefusal('user_not_found');
      return { user: shownUser(workspace, user) };
    },
  }),
  // where the bot is; with private channels it needs groups:read as well, which the tests give together: https://docs.slack.dev/reference/methods/users.conversations
  method('users.conversations', {
    tier: 3,
    scope: 'groups:read',
    fields: z.strictObject({ types: z.string().regex(/^(public_channel|private_channel|mpim|im)(,(public_channel|private_channel|mpim|im))*$/).optional(), exclude_archived: yes, limit, cursor: z.string().optional() }),
    run: ({ types = 'public_channel', exclude_archived: withoutArchived, limit: most = 100, cursor = '' }, { workspace }) => {
      const from = cursor === '' ? 0 : Number(Buffer.from(cursor, 'base64url').toString());
      const mine = [...workspace.channels.values()].filter((each) => each.member && !each.id.startsWith('D') && types.split(',').includes(each.private ? 'private_channel' : 'public_channel') && !(withoutArchived && each.archived));
      const next = from + most < mine.length ? Buffer.from(String(from + most)).toString('base64url') : '';
      // without is_member and num_members
      return { channels: mine.slice(from, from + most).map(({ id: channel, name, private: hidden, archived }) => ({ id: channel, name, is_channel: true, is_private: hidden, is_archived: archived })), response_metadata: { next_cursor: next } };
    },
  }),
  method('apps.connections.open', { tier: 1, app: true, fields: z.strictObject({}), run: (_, { socketUrl }) => ({ url: socketUrl() }) }),
];

export const OTHER_METHODS: readonly Method[] = [...VIEW_METHODS, ...CONVERSATION_METHODS, ...PEOPLE_METHODS];

/** https://docs.slack.dev/reference/objects/user-object: `deleted` of an account that was deactivated. */
export function shownUser(workspace: Workspace, user: string): Readonly<Record<string, unknown>> {
  return { id: user, team_id: workspace.team, name: user.toLowerCase(), deleted: workspace.deactivated.has(user), is_bot: user === BOT_USER };
}

function known(workspace: Workspace, channel: string): SlackChannel {
  const found = workspace.channels.get(channel);
  if (!found) throw new SlackRefusal('channel_not_found');
  return found;
}

function shownChannel({ id: channel, name, member, archived }: SlackChannel): Readonly<Record<string, unknown>> {
  return { id: channel, name, is_channel: true, is_member: member, is_archived: archived };
}

export function shownView(view: SlackView, team: string): Readonly<Record<string, unknown>> {
  return { id: view.id, team_id: team, hash: view.hash, app_id: 'A1', bot_id: 'B1', private_metadata: '', callback_id: '', root_view_id: view.id, previous_view_id: null, state: { values: {} }, ...view.content, blocks: named(view.content.blocks) };
}
