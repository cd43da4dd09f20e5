import { pathOf, problem } from '@sluice/contracts';
import type { Route } from '@sluice/contracts';
import { Conflict, Forbidden, InvalidInput, NotFound, TooLarge, Unauthenticated, Unavailable, messageOf, printable } from '@sluice/kernel';
import type { SluiceError } from '@sluice/kernel';
import type { z } from 'zod';
import type { Connection } from './connection.js';

/** What a route answers, parsed by its own schema. */
type ReplyOf<R extends Route> = R['reply'] extends z.ZodType ? z.output<R['reply']> : undefined;

export interface Call {
  readonly params?: Readonly<Record<string, string | number>>;
  /** A list is sent as the same name once for each. */
  readonly query?: Readonly<Record<string, string | number | readonly string[] | undefined>>;
  readonly body?: unknown;
  /** Milliseconds until the whole answer has to be there. */
  readonly deadline?: number;
}

/** Milliseconds; plans of large repositories take a while. */
const DEADLINE = 60_000;
/** For what goes through all that is stored. */
export const LONG_DEADLINE = 30 * 60_000;

/** Calls the server's REST interface by its route descriptions. */
export class ApiClient {
  constructor(readonly connection: Connection) {}

  /** @throws a SluiceError of the problem's kind; Unavailable when the server cannot be reached. */
  async call<R extends Route>(route: R, call: Call = {}): Promise<ReplyOf<R>> {
    const response = await this.fetch(route, call);
    if (!response.ok) throw await this.errorOf(response);
    if (!route.reply) return undefined as ReplyOf<R>;
    const parsed = route.reply.safeParse(this.json(await this.whole(response.text())));
    if (!parsed.success) throw new Unavailable(`the server's answer to ${route.method} ${route.path} is not understood: is it another version?`, { cause: parsed.error });
    return parsed.data as ReplyOf<R>;
  }

  /** What a route answers that has no schema: text. @throws like {@link call}. */
  async text(route: Route, call: Call = {}): Promise<string> {
    const response = await this.fetch(route, call);
    if (!response.ok) throw await this.errorOf(response);
    return this.whole(response.text());
  }

  /** The same as it comes, for what may be long. @throws like {@link call}. */
  async stream(route: Route, call: Call = {}): Promise<AsyncIterable<Uint8Array>> {
    const response = await this.fetch(route, { deadline: LONG_DEADLINE, ...call });
    if (!response.ok) throw await this.errorOf(response);
    return this.chunksOf(response);
  }

  private async errorOf(response: Response): Promise<SluiceError> {
    const { url, token, from } = this.connection;
    if (response.status === 401 && token === undefined) return new Unauthenticated(`not signed in at ${url}: run \`sluice login <link>\`, or set SLUICE_TOKEN`);
    return toError(response, url, response.status === 401 && from !== undefined ? ` (the token is from ${from})` : '');
  }

  private async fetch(route: Route, call: Call): Promise<Response> {
    const url = new URL(pathOf(route, call.params), this.connection.url);
    for (const [name, value] of Object.entries(call.query ?? {})) for (const one of value === undefined ? [] : [value].flat()) url.searchParams.append(name, String(one));
    const headers = new Headers({ accept: 'application/json' });
    if (this.connection.token !== undefined) headers.set('authorization', `Bearer ${this.connection.token}`);
    if (call.body !== undefined) headers.set('content-type', 'application/json');
    try {
      return await fetch(url, { method: route.method, headers, signal: AbortSignal.timeout(call.deadline ?? DEADLINE), ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }) });
    } catch (error) {
      throw new Unavailable(`${this.connection.url} cannot be reached (${reasonOf(error)}): is the server running? \`npm start\` starts one`, { cause: error });
    }
  }

  /** What an answer holds. @throws Unavailable when it breaks off */
  private async whole<T>(reading: Promise<T>): Promise<T> {
    try {
      return await reading;
    } catch (error) {
      throw new Unavailable(`the answer of ${this.connection.url} broke off (${reasonOf(error)}): look before you try again`, { cause: error });
    }
  }

  /** @throws Unavailable for something else than Sluice answers, such as the page of another program that listens there */
  private json(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new Unavailable(`what answers at ${this.connection.url} does not answer as Sluice does: is that its address?`, { cause: error });
    }
  }

  private async *chunksOf({ body }: Response): AsyncGenerator<Uint8Array> {
    const reader = body?.getReader();
    for (;;) {
      const next = reader && (await this.whole(reader.read()));
      if (!next || next.done) return;
      yield next.value;
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error && error.cause instanceof Error ? messageOf(error.cause) : messageOf(error);
}

const BY_STATUS: Readonly<Record<number, new (message: string) => SluiceError>> = {
  400: InvalidInput,
  401: Unauthenticated,
  403: Forbidden,
  404: NotFound,
  409: Conflict,
  413: TooLarge,
  422: InvalidInput,
};

async function toError(response: Response, url: string, note: string): Promise<SluiceError> {
  const body = problem.safeParse(await response.json().catch(() => undefined));
  const entries = body.success ? (body.data.errors ?? []) : [];
  // the detail names the first one itself
  const where = entries.length > 1 ? entries.map((entry) => `\n  ${entry.at}: ${entry.message}`).join('') : '';
  const detail = body.success ? body.data.detail : `what answers at ${url} says ${response.status}, and not as Sluice does: is that its address?`;
  const Kind = BY_STATUS[response.status] ?? Unavailable;
  return new Kind(printable(`${detail}${note}${where}`, 4_000));
}
