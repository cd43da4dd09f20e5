import { createHash } from 'node:crypto';
import { createForgeFetch, pages } from '@sluice/forge-http';
import { type Clock, InvalidInput, type RepositoryId, Unavailable } from '@sluice/kernel';
import type { ForgeConnection, ForgeMemory, ForgeParts } from '@sluice/usecases';
import type { z } from 'zod';
import { type Answer, failureOf } from './api-error.js';
import { PagesEnd } from './pages-end.js';
import { zSelf } from './schema.js';

type Values = Readonly<Record<string, string | number | boolean>>;

export interface Call {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** Below `/api/v1`, with a slash. */
  readonly path: string;
  readonly query?: Values;
  /** Sent as JSON. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Completes "Gitea does not let Sluice …". */
  readonly action: string;
}

/** A list, page by page. */
export interface ListCall extends Omit<Call, 'method' | 'body'> {
  /** `X-Total-Count` counts only the page. */
  readonly totalOfPage?: boolean;
  /** The page to begin with. */
  readonly from?: number;
}

/** Items of a page: the most that an instance gives unless its settings say otherwise (`MAX_RESPONSE_ITEMS`). */
export const PAGE = 50;
/** Neither Gitea nor Forgejo limits calls or says how many are welcome. */
export const LIMITS = { rate: 10, burst: 40 };

/** The REST API (v1) of Gitea and Forgejo as one credential sees it. Every answer that is read is checked against a schema. */
export class GiteaApi {
  readonly memory: ForgeMemory;
  readonly clock: Clock;
  /** Where people see it, without a slash at the end. */
  readonly url: string;
  /** For people. */
  readonly forge: 'Gitea' | 'Forgejo';
  private readonly fetch: typeof fetch;

  constructor(
    private readonly connection: ForgeConnection,
    private readonly parts: ForgeParts,
  ) {
    this.memory = parts.memory;
    this.clock = parts.clock;
    this.url = connection.url.replace(/\/+$/, '');
    this.forge = connection.kind === 'forgejo' ? 'Forgejo' : 'Gitea';
    this.fetch = createForgeFetch({ fetch: parts.fetch, memory: parts.memory, clock: parts.clock, limits: LIMITS, ...(parts.onCall && { onCall: parts.onCall }) });
  }

  /** `owner/name` @throws NotFound */
  path(repository: RepositoryId): Promise<string> {
    return this.parts.path(repository);
  }

  /** `/repos/owner/name` @throws NotFound */
  async repository(repository: RepositoryId): Promise<string> {
    return `/repos/${(await this.path(repository)).split('/').map(encodeURIComponent).join('/')}`;
  }

  /** @throws InvalidInput when the credential is not one of this forge. */
  async token(): Promise<string> {
    const secret = await this.connection.secret();
    if (secret.kind !== 'token') throw new InvalidInput(`${this.forge} is reached with an access token, not with an app: store one with \`sluice credential add\``);
    return secret.token;
  }

  /** The login of the credential's account. Remembered for the very token: a rotated one may be another account's. */
  async login(): Promise<string> {
    const key = `login:${createHash('sha256').update(await this.token()).digest('hex').slice(0, 16)}`;
    const known = await this.memory.get(key);
    if (known !== undefined) return known;
    const { login } = await this.ask(zSelf, { method: 'GET', path: '/user', action: 'see who Sluice is there (scope read:user)' });
    await this.memory.put(key, login);
    return login;
  }

  /** Any answer below status 500. @throws Unavailable, Busy */
  async call(call: Call): Promise<Answer> {
    return this.send(this.address(call), call);
  }

  /** With somebody's own token, below the way out that they have. @throws Unavailable, Busy */
  callAs(person: { readonly token: string; readonly way: typeof fetch }, call: Call): Promise<Answer> {
    return this.exchange(this.address(call), call, person);
  }

  /** A call that must succeed. */
  async ask<Schema extends z.ZodType>(schema: Schema, call: Call): Promise<z.output<Schema>> {
    return this.read(schema, await this.call(call), call.action);
  }

  /** The data of an answer that must be a success. */
  read<Schema extends z.ZodType>(schema: Schema, answer: Answer, action: string): z.output<Schema> {
    if (answer.status >= 300) throw failureOf(answer, this.forge, action);
    const parsed = schema.safeParse(answer.body);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new Unavailable(`${new URL(this.url).host} answers with something else than ${this.forge}'s API documents (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}): is its address right?`);
  }

  /** Page after page, until there is no next one or the caller has enough. @throws Unavailable when there is no end to it */
  async *pages<Schema extends z.ZodType>(schema: z.ZodArray<Schema>, call: ListCall, maxPages = 20): AsyncGenerator<readonly z.output<Schema>[]> {
    const asked: Call = { ...call, method: 'GET', query: { limit: PAGE, ...call.query, page: call.from ?? 1 } };
    const end = new PagesEnd({ total: call.totalOfPage !== true });
    const page = async (url: URL): Promise<{ readonly items: readonly z.output<Schema>[]; readonly link: string | null }> => {
      const answer = await this.send(url, asked);
      // a list without anything is `null` in some places
      const items = this.read(schema, answer.body === null ? { ...answer, body: [] } : answer, call.action);
      end.note(items.length, answer.headers);
      return { items, link: answer.headers.get('link') };
    };
    yield* pages(this.address(asked), page, { maxPages, next: (present) => (end.reached ? undefined : following(present)) });
  }

  async all<Schema extends z.ZodType>(schema: z.ZodArray<Schema>, call: ListCall): Promise<readonly z.output<Schema>[]> {
    const items: z.output<Schema>[] = [];
    for await (const page of this.pages(schema, call)) items.push(...page);
    return items;
  }

  private address({ path, query = {} }: Call): URL {
    const url = new URL(`${this.url}/api/v1${path}`);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, String(value));
    return url;
  }

  private async send(url: URL, call: Call): Promise<Answer> {
    return this.exchange(url, call, { token: await this.token(), way: this.fetch });
  }

  private async exchange(url: URL, { method, body }: Call, { token, way }: { readonly token: string; readonly way: typeof fetch }): Promise<Answer> {
    const headers = { authorization: `token ${token}`, accept: 'application/json', 'user-agent': 'sluice', ...(body && { 'content-type': 'application/json' }) };
    const response = await way(url.href, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    // what a forge repeats of our header is not read
    return { status: response.status, headers: response.headers, body: jsonOf((await response.text()).replaceAll(token, '…')) };
  }
}

function following(present: URL): URL {
  const next = new URL(present);
  next.searchParams.set('page', String(Number(present.searchParams.get('page')) + 1));
  return next;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
