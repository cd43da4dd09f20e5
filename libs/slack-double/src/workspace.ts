import { randomUUID } from 'node:crypto';
import type { HomeView, ModalView, SlackBlock } from './blocks.js';

export interface SlackChannel {
  readonly id: string;
  name: string;
  readonly private: boolean;
  /** Whether the bot was invited. */
  member: boolean;
  archived: boolean;
}

export interface SlackMessage {
  readonly channel: string;
  readonly ts: string;
  readonly thread?: string;
  /** Only this user sees it. */
  readonly ephemeralTo?: string;
  text: string;
  blocks: readonly SlackBlock[];
  readonly metadata?: { readonly event_type: string; readonly event_payload: Readonly<Record<string, unknown>> };
  /** How often it was edited. */
  edits: number;
  deleted: boolean;
}

/** A modal that somebody has open, or was open. */
export interface SlackView {
  readonly id: string;
  readonly user: string;
  hash: string;
  content: ModalView;
  open: boolean;
  /** What the application found wrong in the last submission, by block. */
  errors: Readonly<Record<string, string>>;
}

export interface Trigger {
  readonly user: string;
  readonly at: number;
  used: boolean;
}

/** What a refusal is in Slack's words: `{ ok: false, error }`. */
export class SlackRefusal extends Error {
  constructor(readonly code: string) {
    super(code);
  }
}

/** One workspace: its channels, what was posted, and what is open on its users' screens. */
export class Workspace {
  readonly channels = new Map<string, SlackChannel>();
  readonly messages: SlackMessage[] = [];
  readonly views = new Map<string, SlackView>();
  readonly homes = new Map<string, HomeView & { readonly hash: string }>();
  readonly triggers = new Map<string, Trigger>();
  readonly users = new Set<string>();
  /** Those of them whose account an admin has deactivated: Slack keeps them. */
  readonly deactivated = new Set<string>();
  /** How old a trigger is when it is made. */
  triggerAge = 0;
  private sequence = 0;

  constructor(readonly team: string) {}

  next(): number {
    this.sequence += 1;
    return this.sequence;
  }

  /** A message's timestamp, which is its id in the channel. */
  ts(): string {
    return `${Math.floor(Date.now() / 1_000)}.${String(this.next()).padStart(6, '0')}`;
  }

  /** @throws SlackRefusal as https://docs.slack.dev/reference/methods/chat.postMessage lists them. */
  writable(id: string): SlackChannel {
    // a name is taken as well: https://docs.slack.dev/reference/methods/chat.postMessage#channels
    const found = id.startsWith('#') ? [...this.channels.values()].find(({ name }) => name === id.slice(1)) : this.channels.get(id);
    // that there is a private channel is not said
    if (!found || (found.private && !found.member)) throw new SlackRefusal('channel_not_found');
    if (found.archived) throw new SlackRefusal('is_archived');
    if (!found.member) throw new SlackRefusal('not_in_channel');
    return found;
  }

  message(channel: string, ts: string): SlackMessage | undefined {
    return this.messages.find((each) => each.channel === channel && each.ts === ts && !each.deleted && each.ephemeralTo === undefined);
  }

  trigger(user: string): string {
    const id = `${this.next()}.${this.team}.${randomUUID().replaceAll('-', '')}`;
    this.triggers.set(id, { user, at: Date.now() - this.triggerAge, used: false });
    return id;
  }

  /** https://docs.slack.dev/interactivity/handling-user-interaction#modal_responses: within 3 seconds, and once. */
  spend(id: string, lifetime: number): string {
    const found = this.triggers.get(id);
    if (!found) throw new SlackRefusal('invalid_trigger_id');
    if (found.used) throw new SlackRefusal('exchanged_trigger_id');
    if (Date.now() - found.at > lifetime) throw new SlackRefusal('expired_trigger_id');
    found.used = true;
    return found.user;
  }

  openView(user: string, content: ModalView): SlackView {
    const view: SlackView = { id: `V${randomUUID().replaceAll('-', '').toUpperCase()}`, user, hash: `${this.next()}`, content, open: true, errors: {} };
    this.views.set(view.id, view);
    return view;
  }

  replaceView(view: SlackView, content: ModalView): void {
    view.content = content;
    view.errors = {};
    view.hash = `${this.next()}`;
  }
}
