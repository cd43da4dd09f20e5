import { z } from 'zod';
import { homeView, modalView, named } from './blocks.js';
import { shown } from './chat-methods.js';
import { method, type Method } from './method.js';
import { SlackRefusal, type SlackChannel, type SlackView, type Workspace } from './workspace.js';

export const BOT_USER = 'U0BOT';

const trigger_id = z.string().min(1);

const VIEW_METHODS: readonly Method[] = [
  method('views.open', {
    tier: 4,
    fields: z.strictObject({ trigger_id, view: modalView }),
    run: ({ trigger_id: trigger, view }, { workspace, triggerLifetime }) => {
      const user = workspace.spend(trigger, triggerLifetime);
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
    fields: z.strictObject({ view_id: z.string().min(1), view: modalView, hash: z.string().optional() }),
    run: ({ view_id, view, hash }, { workspace }) => {
      const found = workspace.views.get(view_id);
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
      if (!workspace.users.has(user_id)) throw new SlackRefusal('user_not_found');
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
    fields: z.strictObject({ channel: id, limit, include_all_metadata: yes, oldest: z.string().optional(), cursor: z.string().optional() }),
    run: ({ channel, limit: most = 100, include_all_metadata: withMetadata }, { workspace }) => {
      if (!known(workspace, channel).member) throw new SlackRefusal('not_in_channel');
      const messages = workspace.messages.filter((each) => each.channel === channel && !each.deleted && each.thread === undefined && each.ephemeralTo === undefined).reverse();
      return { messages: messages.slice(0, most).map((each) => ({ ...shown(each), ...(withMetadata ? {} : { metadata: undefined }) })), has_more: messages.length > most };
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
      return { user: { id: user, team_id: workspace.team, name: user.toLowerCase(), is_bot: false } };
    },
  }),
  method('apps.connections.open', { tier: 1, app: true, fields: z.strictObject({}), run: (_, { socketUrl }) => ({ url: socketUrl() }) }),
];

export const OTHER_METHODS: readonly Method[] = [...VIEW_METHODS, ...CONVERSATION_METHODS, ...PEOPLE_METHODS];

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
