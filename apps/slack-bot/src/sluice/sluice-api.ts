import { ON_BEHALF_OF, pathOf, problem, type Route } from '@sluice/contracts';
import { Conflict, Forbidden, InvalidInput, NotFound, TooLarge, Unauthenticated, Unavailable, messageOf, printable } from '@sluice/kernel';
import type { SluiceError } from '@sluice/kernel';
import type { z } from 'zod';
import { Unanswered } from './unanswered.js';

type ReplyOf<R extends Route> = R['reply'] extends z.ZodType ? z.output<R['reply']> : undefined;

interface Call {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** Whoever is behind the call; absent: the bot itself. */
  readonly as?: string;
  /** Milliseconds; less than usual where somebody waits. */
  readonly deadline?: number;
}

const DEADLINE = 30_000;

/** The server's REST interface, by its route descriptions. */
export class SluiceApi {
  constructor(private readonly connection: { readonly url: string; readonly token: string }) {}

  /** @throws a SluiceError of the problem's kind; Unavailable when the server does not answer. */
  async call<R extends Route>(route: R, call: Call = {}): Promise<ReplyOf<R>> {
    const response = await this.fetch(route, call);
    if (isGateway(response) && route.method !== 'GET') throw new Unanswered(`a proxy before the server answered ${response.status}`);
    if (!response.ok) throw await errorOf(response);
    if (!route.reply) return undefined as ReplyOf<R>;
    const parsed = route.reply.safeParse(await response.json().catch(() => undefined));
    if (!parsed.success) throw new Unavailable(`the server's answer to ${route.method} ${route.path} is not understood: is it another version?`, { cause: parsed.error });
    return parsed.data as ReplyOf<R>;
  }

  /** Opens an event stream. @throws like {@link call}. */
  async stream(route: Route, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
    try {
      const response = await fetch(new URL(route.path, this.connection.url), { headers: { ...this.credential(), accept: 'text/event-stream', ...headers }, signal });
      if (!response.ok) throw await errorOf(response);
      return response;
    } catch (error) {
      throw signal.aborted ? error : unreachable(error);
    }
  }

  private async fetch(route: Route, { params, query, body, as, deadline = DEADLINE }: Call): Promise<Response> {
    const url = this.urlOf(route, { params, query });
    const headers = { ...this.credential(), accept: 'application/json', ...(body !== undefined && { 'content-type': 'application/json' }), ...(as !== undefined && { [ON_BEHALF_OF]: as }) };
    try {
      return await fetch(url, { method: route.method, headers, signal: AbortSignal.timeout(deadline), ...(body !== undefined && { body: JSON.stringify(body) }) });
    } catch (error) {
      throw route.method === 'GET' || neverSent(error) ? unreachable(error) : new Unanswered(`Sluice has not answered (${messageOf(error)})`, { cause: error });
    }
  }

  private urlOf(route: Route, { params, query = {} }: Pick<Call, 'params' | 'query'>): URL {
    const url = new URL(pathOf(route, params), this.connection.url);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
    return url;
  }

  private credential(): Readonly<Record<string, string>> {
    return { authorization: `Bearer ${this.connection.token}` };
  }
}

function unreachable(error: unknown): Error {
  return error instanceof Error && 'kind' in error ? error : new Unavailable(`Sluice cannot be reached (${messageOf(error)})`, { cause: error });
}

/** Of a proxy that has not heard from the server in time. */
function isGateway({ status }: Response): boolean {
  return status === 502 || status === 504;
}

const NO_CONNECTION = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'UND_ERR_CONNECT_TIMEOUT']);

function neverSent(error: unknown): boolean {
  const { cause } = error as { readonly cause?: { readonly code?: unknown } };
  return typeof cause?.code === 'string' && NO_CONNECTION.has(cause.code);
}

const BY_STATUS: Readonly<Record<number, new (message: string) => SluiceError>> = { 400: InvalidInput, 401: Unauthenticated, 403: Forbidden, 404: NotFound, 409: Conflict, 413: TooLarge, 422: InvalidInput };

async function errorOf(response: Response): Promise<SluiceError> {
  const body = problem.safeParse(await response.json().catch(() => undefined));
  const Kind = BY_STATUS[response.status] ?? Unavailable;
  return new Kind(printable(body.success ? body.data.detail : `the server answered ${response.status}`, 2_000));
}
