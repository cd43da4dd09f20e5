import type { Logger } from '@sluice/runtime';
import type { WebClient } from '@slack/web-api';
import { wordOf } from './slack-failure.js';

/** The types of the metadata that messages carry: by them one is found whose answer nobody heard. */
export const PARENT = 'sluice_promotion';
export const PROGRESS = 'sluice_progress';

interface Metadata {
  readonly event_type: string;
  readonly event_payload: Readonly<Record<string, string | number>>;
}

interface Wanted {
  readonly channel: string;
  /** Of the parent; absent: in the channel itself. */
  readonly thread?: string | undefined;
  /** Milliseconds: not posted before. */
  readonly since: number;
  readonly metadata: Metadata;
}

const PAGE = 200;
const PAGES = 10;
/** Slack's clock may be another one. */
const SKEW = 600;

interface Looking {
  readonly client: WebClient;
  readonly log: Logger;
}

/** Looks for a message before it is posted again. @returns its `ts`; undefined also when the app may not look there, which its log says. */
export async function findMessage(looking: Looking, wanted: Wanted): Promise<string | undefined> {
  try {
    return await lookFor(looking, wanted);
  } catch (error) {
    if (wordOf(error) !== 'missing_scope') throw error;
    looking.log.warn({ channel: wanted.channel }, 'whether a message was posted cannot be looked up: give the app the scopes channels:history and groups:history');
    return undefined;
  }
}

async function lookFor({ client }: Looking, { channel, thread, since, metadata }: Wanted): Promise<string | undefined> {
  const asked = { channel, limit: PAGE, include_all_metadata: true, oldest: String(Math.floor(since / 1_000) - SKEW) };
  let cursor = '';
  for (let page = 0; page < PAGES; page += 1) {
    const at = cursor === '' ? asked : { ...asked, cursor };
    const answer = await (thread === undefined ? client.conversations.history(at) : client.conversations.replies({ ...at, ts: thread }));
    const found = answer.messages?.find((message) => isSame((message as { readonly metadata?: Partial<Metadata> }).metadata, metadata));
    if (found) return found.ts;
    cursor = answer.response_metadata?.next_cursor ?? '';
    if (cursor === '') return undefined;
  }
  return undefined;
}

function isSame(found: Partial<Metadata> | undefined, { event_type, event_payload }: Metadata): boolean {
  return found?.event_type === event_type && Object.entries(event_payload).every(([name, value]) => found.event_payload?.[name] === value);
}
