import { API, eventDto, type EventDto } from '@sluice/contracts';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { Logger } from '@sluice/runtime';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SluiceApi } from './sluice-api.js';

const LONGEST_PAUSE = 30_000;
/** Without a byte for so long the connection is given up; the server sends comments meanwhile. */
const SILENCE = 60_000;

export interface Heard {
  /** Something has happened. `cursor` is where to go on from when this is dealt with. */
  event(event: EventDto, cursor: string | undefined): void;
  /** What was missed is not known: everything is to be looked at. */
  reset(cursor: string | undefined): void;
}

interface Follower {
  readonly api: SluiceApi;
  readonly heard: Heard;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** Follows what happens in Sluice, from `cursor` on, for as long as the signal lets it; a server that is away is tried again and again. */
export async function followEvents(follower: Follower, cursor: string | undefined): Promise<void> {
  const { log, signal } = follower;
  const position = { cursor };
  let failures = 0;
  while (!signal.aborted) {
    try {
      await oneConnection(follower, position, () => (failures = 0));
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ err: error }, 'event stream of the server has ended');
    }
    failures += 1;
    await sleep(Math.min(250 * 2 ** failures, LONGEST_PAUSE), undefined, { signal }).catch(() => undefined);
  }
}

async function oneConnection({ api, heard, signal }: Follower, position: { cursor: string | undefined }, opened: () => void): Promise<void> {
  const quiet = new AbortController();
  const response = await api.stream(API.events, position.cursor === undefined ? {} : { 'last-event-id': position.cursor }, AbortSignal.any([signal, quiet.signal]));
  opened();
  const parser = createParser({ onEvent: (message) => receive(message, heard, position) });
  const decoder = new TextDecoder();
  const watch = () => setTimeout(() => quiet.abort(), SILENCE);
  let timer = watch();
  try {
    for await (const chunk of response.body ?? []) {
      clearTimeout(timer);
      timer = watch();
      parser.feed(decoder.decode(chunk, { stream: true }));
    }
  } finally {
    clearTimeout(timer);
    quiet.abort();
  }
}

function receive({ event = 'message', id, data }: EventSourceMessage, heard: Heard, position: { cursor: string | undefined }): void {
  if (id !== undefined) position.cursor = id;
  if (event === 'reset') return heard.reset(position.cursor);
  const parsed = eventDto.safeParse(jsonOf(data));
  if (parsed.success) heard.event(parsed.data, position.cursor);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
