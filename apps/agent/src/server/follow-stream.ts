import { assignment, command, nonce } from '@sluice/contracts';
import { Unavailable } from '@sluice/kernel';
import type { Assignment, Command } from '@sluice/sync';
import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { AgentSession } from './agent-session.js';
import { withToken } from './http-control-plane.js';
import { errorOf, send } from './server-client.js';

/** Without a byte for so long the connection is given up; the server sends comments meanwhile. */
const SILENCE_MS = 60_000;
const MAX_EVENT_CHARS = 1024 * 1024;

export interface StreamEvents {
  readonly opened: () => void;
  readonly assigned: (assignment: Assignment) => void;
  readonly commanded: (command: Command) => void;
  /** Milliseconds over which this agent and the server's others spread out when they come back. */
  readonly spread: (milliseconds: number) => void;
}

export interface StreamOptions {
  readonly session: AgentSession;
  readonly events: StreamEvents;
  readonly signal: AbortSignal;
  readonly silence?: number;
}

/** The position in the stream, kept over connections: the server goes on after it. */
export interface StreamPosition {
  lastEventId?: string;
}

/** Follows the server's hints over one connection until it ends. @throws Unavailable when it could not be opened or broke; Unauthenticated, Forbidden. */
export async function followStream(options: StreamOptions, position: StreamPosition): Promise<void> {
  const { session, events, signal } = options;
  const quiet = new AbortController();
  const response = await withToken(session, (token) => open(session.serverUrl, token, AbortSignal.any([signal, quiet.signal]), position));
  events.opened();
  const parser = createParser({ onEvent: (message) => receive(message, options, position), onRetry: (milliseconds) => events.spread(milliseconds), maxBufferSize: MAX_EVENT_CHARS });
  const decoder = new TextDecoder();
  const silence = () => setTimeout(() => quiet.abort(), options.silence ?? SILENCE_MS);
  let timer = silence();
  try {
    for await (const chunk of response.body ?? []) {
      clearTimeout(timer);
      timer = silence();
      parser.feed(decoder.decode(chunk, { stream: true }));
    }
  } catch (error) {
    throw new Unavailable('the stream of the control plane broke off', { cause: error });
  } finally {
    clearTimeout(timer);
    quiet.abort();
  }
}

async function open(serverUrl: string, token: string, signal: AbortSignal, position: StreamPosition): Promise<Response> {
  const resume: Readonly<Record<string, string>> = position.lastEventId === undefined ? {} : { 'last-event-id': position.lastEventId };
  const response = await send(serverUrl, { method: 'GET', path: '/agent/v1/stream', token, signal }, { accept: 'text/event-stream', ...resume });
  if (!response.ok) throw errorOf(response, (await response.text()).slice(0, 10_000));
  return response;
}

/** What is not understood is skipped: it is a hint, and polling finds what it hinted at. */
function receive(message: EventSourceMessage, { session, events }: StreamOptions, position: StreamPosition): void {
  const data = jsonOf(message.data);
  if (message.event === 'assignment') {
    const parsed = assignment.safeParse(data);
    if (parsed.success) events.assigned(parsed.data);
  } else if (message.event === 'command') {
    const parsed = command.safeParse(data);
    if (parsed.success) events.commanded(parsed.data);
  } else if (message.event === 'nonce') {
    const parsed = nonce.safeParse(data);
    if (parsed.success) void session.offer(parsed.data);
  }
  if (message.id !== undefined) position.lastEventId = message.id;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
