import { type Clock, InvalidInput, printableLine, messageOf, type RepositoryId, SluiceError, Unavailable } from '@sluice/kernel';
import type { ForgeConnection, ForgeMemory, ForgeParts } from '@sluice/usecases';
import type { z } from 'zod';
import { type Answer, failureOf } from './api-error.js';

type Values = Readonly<Record<string, string | number | boolean | undefined>>;

export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/api/v4`, with a slash. */
  readonly path: string;
  readonly query?: Values;
  /** Sent as JSON. Fields that are undefined are left out. */
  readonly body?: Readonly<Record<string, unknown>>;
  /** Completes "GitLab does not let Sluice …". */
  readonly action: string;
}

/** Items of a page, the most that GitLab gives (docs.gitlab.com/api/rest/#pagination). */
const PAGE = 100;

/** GitLab's REST API (v4) as one credential sees it. Every answer that is read is checked against a schema. */
export class GitlabApi {
  readonly memory: ForgeMemory;
  readonly clock: Clock;
  /** Without a slash at the end. */
  readonly url: string;

  constructor(
    private readonly connection: ForgeConnection,
    private readonly parts: ForgeParts,
    private readonly fetch: typeof globalThis.fetch,
  ) {
    this.memory = parts.memory;
    this.clock = parts.clock;
    this.url = connection.url.replace(/\/+$/, '');
  }

  /** `group/subgroup/name` @throws NotFound */
  path(repository: RepositoryId): Promise<string> {
    return this.parts.path(repository);
  }

  /** `/projects/<path>`: an id may be the path with its slashes encoded (docs.gitlab.com/api/rest/#namespaced-paths). */
  async project(repository: RepositoryId): Promise<string> {
    return `/projects/${encodeURIComponent(await this.path(repository))}`;
  }

  /** @throws InvalidInput when the credential is not one of GitLab. */
  async token(): Promise<string> {
    const secret = await this.connection.secret();
    if (secret.kind !== 'token') throw new InvalidInput('GitLab is reached with an access token (personal, project or group), not with an app: store one with `sluice credential add`');
    return secret.token;
  }

  /** Any answer below status 500. @throws Unavailable, Busy */
  async call(call: Call): Promise<Answer> {
    const token = await this.token();
    return this.send(call, { token, way: this.fetch, proof: { 'private-token': token } });
  }

  /** With somebody's own token, below the way out that they have. Tokens of OAuth are taken in this header only, personal access tokens too (docs.gitlab.com/api/rest/authentication). @throws Unavailable, Busy */
  callAs({ token, way }: { readonly token: string; readonly way: typeof fetch }, call: Call): Promise<Answer> {
    return this.send(call, { token, way, proof: { authorization: `Bearer ${token}` } });
  }

  private async send(call: Call, { token, way, proof }: { readonly token: string; readonly way: typeof fetch; readonly proof: Readonly<Record<string, string>> }): Promise<Answer> {
    const url = this.addressOf(call);
    const headers = { ...proof, accept: 'application/json', 'user-agent': 'sluice', ...(call.body && { 'content-type': 'application/json' }) };
    try {
      const response = await way(url.href, { method: call.method, headers, ...(call.body && { body: JSON.stringify(call.body) }) });
      if (response.status >= 500) throw new Unavailable(`${url.host} answers with status ${response.status}`);
      return { status: response.status, headers: response.headers, body: jsonOf(withoutSecrets(await response.text(), response.ok ? [] : [token, call.body?.['token']])) };
    } catch (error) {
      if (error instanceof SluiceError) throw error;
      // without the cause: it may hold the request with its headers
      throw new Unavailable(`${url.host} cannot be reached: ${printableLine(messageOf(error).replaceAll(token, '…'))}`);
    }
  }

  private addressOf({ path, query = {} }: Call): URL {
    const url = new URL(`${this.url}/api/v4${path}`);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value));
    return url;
  }

  /** A call that must succeed. */
  async ask<Schema extends z.ZodType>(schema: Schema, call: Call): Promise<z.output<Schema>> {
    return this.read(schema, await this.call(call), call);
  }

  /** The data of an answer that must be a success. */
  read<Schema extends z.ZodType>(schema: Schema, answer: Answer, { action }: Pick<Call, 'action'>): z.output<Schema> {
    if (answer.status >= 300) throw failureOf(answer, action, this.clock());
    const parsed = schema.safeParse(answer.body);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    throw new Unavailable(`${new URL(this.url).host} answers with something else than GitLab's API documents (${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}): is its address right?`);
  }

  /** Page after page, until there is no next one or the caller has enough. `maxPages` ends what has no end. */
  async *pages<Schema extends z.ZodType>(schema: z.ZodArray<Schema>, call: Omit<Call, 'method'>, maxPages = 20): AsyncGenerator<readonly z.output<Schema>[]> {
    for (let page = 1; page <= maxPages; page += 1) {
      // GitLab leaves `x-next-page` out, or empty, on the last page; `link` says the same, but by an address that a proxy may have changed
      const asked: Call = { ...call, method: 'GET', query: { per_page: PAGE, ...call.query, page } };
      const answer = await this.call(asked);
      const items = this.read(schema, answer, asked);
      yield items;
      if (!hasNext(answer.headers)) return;
    }
    throw new Unavailable(`GitLab has more than the ${maxPages} pages that are looked through to ${call.action}`);
  }

  async all<Schema extends z.ZodType>(schema: z.ZodArray<Schema>, call: Omit<Call, 'method'>): Promise<readonly z.output<Schema>[]> {
    const items: z.output<Schema>[] = [];
    for await (const page of this.pages(schema, call)) items.push(...page);
    return items;
  }
}

function hasNext(headers: Headers): boolean {
  return (headers.get('x-next-page') ?? '') !== '' || /rel="?next"?/.test(headers.get('link') ?? '');
}

/** An error may quote what it was given. */
function withoutSecrets(text: string, secrets: readonly unknown[]): string {
  return secrets.reduce<string>((clean, secret) => (typeof secret === 'string' && secret !== '' ? clean.replaceAll(secret, '…') : clean), text);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
