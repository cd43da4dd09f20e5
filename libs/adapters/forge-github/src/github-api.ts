import { createHash } from 'node:crypto';
import { request as octokitRequest } from '@octokit/request';
import { type Clock, NotFound, type RepositoryId, SluiceError, Unauthenticated, Unavailable } from '@sluice/kernel';
import { createForgeFetch, type ForgeLimits, readLinks } from '@sluice/forge-http';
import type { ForgeConnection, ForgeMemory, ForgeParts, ForgeSecret } from '@sluice/usecases';
import { z } from 'zod';
import { type ApiAddress, apiAddress } from './api-address.js';
import { failureOf, type Reply } from './api-error.js';
import { appProof, type AppSecret, type InstallationToken, InstallationTokens, zInstallationToken } from './installation-tokens.js';
import { TheirClock } from './their-clock.js';

/** A call: `GET /repos/{owner}/{repo}/pulls`, with what its placeholders, query and body are. The repository's own are added. */
export interface GithubCall {
  readonly route: string;
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** Completes "GitHub does not let Sluice …". */
  readonly action: string;
}

/** What proves who asks, for git and for the API. */
export interface Proof {
  readonly token: string;
  /** Tells apart what has quotas of its own. */
  readonly key: string;
  /** Of an installation. */
  readonly permissions?: Readonly<Record<string, string>>;
}

/** Fixed, so that an answer has the form that is read: docs.github.com/en/rest/about-the-rest-api/api-versions */
const HEADERS = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28', 'user-agent': 'sluice' };
const PAGE = 100;
const zInstallation = z.object({ id: z.number() });
const QUIET = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

/** GitHub's REST API for one credential, and the one address of its GraphQL. */
export class GithubApi {
  readonly address: ApiAddress;
  private readonly tokens: InstallationTokens;
  private readonly theirs: TheirClock;
  private readonly ways = new Map<string, typeof fetch>();
  private readonly installations = new Map<string, number>();

  constructor(
    private readonly connection: ForgeConnection,
    private readonly parts: ForgeParts,
    private readonly limits: Partial<ForgeLimits>,
  ) {
    this.address = apiAddress(connection.url);
    this.theirs = new TheirClock(parts.clock);
    this.tokens = new InstallationTokens(this.theirs.now, (installation) => this.makeToken(installation));
  }

  get memory(): ForgeMemory {
    return this.parts.memory;
  }

  get clock(): Clock {
    return this.parts.clock;
  }

  path(repository: RepositoryId): Promise<string> {
    return this.parts.path(repository);
  }

  /** What git and the API are shown. */
  async proof(repository: RepositoryId): Promise<Proof> {
    const secret = await this.connection.secret();
    if (secret.kind === 'token') return { token: secret.token, key: 'token' };
    const installation = await this.installationOf(secret, repository);
    return { ...(await this.tokens.of(installation, shortHash(secret.privateKey))), key: `installation-${installation}` };
  }

  /** A new proof, with the permissions that an installation has by now. */
  async freshProof(repository: RepositoryId): Promise<Proof> {
    this.tokens.forget((await this.proof(repository)).token);
    return this.proof(repository);
  }

  /** Any answer that GitHub meant, be it an error. @throws Unauthenticated, Busy, Unavailable */
  async call(repository: RepositoryId, { route, parameters, action }: GithubCall): Promise<Reply> {
    const [owner = '', repo = ''] = (await this.path(repository)).split('/');
    const whole = { ...(route.includes('{owner}') && { owner, repo }), ...parameters };
    const proof = await this.proof(repository);
    const first = await this.send(route, whole, { authorization: `token ${proof.token}`, key: proof.key });
    if (first.status !== 401) return first;
    // a token of an installation may have been taken back before its end; what was asked has not been done
    const again = await this.freshProof(repository);
    const reply = again.token === proof.token ? first : await this.send(route, whole, { authorization: `token ${again.token}`, key: again.key });
    if (reply.status === 401) throw failureOf(reply, action, this.clock());
    return reply;
  }

  /** @throws the error for every answer that is none of success; Unavailable for one that is not what GitHub documents */
  async ask<T>(schema: z.ZodType<T>, repository: RepositoryId, call: GithubCall): Promise<T> {
    return this.read(schema, await this.call(repository, call), call);
  }

  read<T>(schema: z.ZodType<T>, reply: Reply, { action }: GithubCall): T {
    if (reply.status >= 300) throw failureOf(reply, action, this.clock());
    const parsed = schema.safeParse(reply.data);
    if (!parsed.success) throw new Unavailable(`GitHub's answer is not what it documents when asked to ${action} (is its address right, and is it GitHub at all?): ${z.prettifyError(parsed.error)}`);
    return parsed.data;
  }

  /** Page after page. @throws Unavailable after `maxPages` when there are more, unless the caller has stopped by then */
  async *pages<T>(schema: z.ZodType<T>, repository: RepositoryId, call: GithubCall, maxPages = 30): AsyncGenerator<T> {
    for (let page = 1; page <= maxPages; page += 1) {
      const reply = await this.call(repository, { ...call, parameters: { per_page: PAGE, ...call.parameters, page } });
      yield this.read(schema, reply, call);
      if (!readLinks(String(reply.headers['link'] ?? '')).has('next')) return;
    }
    throw new Unavailable(`GitHub has more than the ${maxPages} pages that are looked through to ${call.action}`);
  }

  /** As the app itself. @throws as {@link ask} */
  async askAsApp<T>(schema: z.ZodType<T>, secret: AppSecret, { route, parameters = {}, action }: GithubCall): Promise<T> {
    const reply = await this.sendAsApp(secret, route, parameters);
    return this.read(schema, reply, { route, action });
  }

  /** With somebody's own token, below the way out that they have. @throws Busy, Unavailable */
  callAs(person: { readonly token: string; readonly way: typeof fetch }, { route, parameters = {} }: GithubCall): Promise<Reply> {
    return this.exchange(route, parameters, { authorization: `Bearer ${person.token}`, way: person.way });
  }

  async secret(): Promise<ForgeSecret> {
    return this.connection.secret();
  }

  /** Kept in this process as well: it is needed for every call. */
  private async installationOf({ installation, ...secret }: AppSecret, repository: RepositoryId): Promise<number> {
    if (installation !== undefined) return installation;
    const [owner = '', repo = ''] = (await this.path(repository)).split('/');
    const key = `installation:${secret.appId}:${owner.toLowerCase()}`;
    const known = this.installations.get(key) ?? Number((await this.memory.get(key)) ?? 0);
    const id = known > 0 ? known : await this.lookUpInstallation(secret, { owner, repo });
    this.installations.set(key, id);
    if (known !== id) await this.memory.put(key, String(id));
    return id;
  }

  private async lookUpInstallation(secret: AppSecret, { owner, repo }: { readonly owner: string; readonly repo: string }): Promise<number> {
    const reply = await this.sendAsApp(secret, 'GET /repos/{owner}/{repo}/installation', { owner, repo });
    if (reply.status === 404) throw new NotFound(`The GitHub App is not installed on ${owner}/${repo}: install it there, or give it access to this repository`);
    return this.read(zInstallation, reply, { route: '', action: `find the app's installation on ${owner}` }).id;
  }

  private async makeToken(installation: number): Promise<InstallationToken> {
    const secret = await this.connection.secret();
    if (secret.kind !== 'app') throw new Unavailable('The credential has just been changed: ask again');
    const reply = await this.sendAsApp(secret, 'POST /app/installations/{installation_id}/access_tokens', { installation_id: installation });
    if (reply.status === 404 || reply.status === 403) {
      // another one is looked for the next time
      this.installations.clear();
      await this.memory.forget(`installation:${secret.appId}:`);
      throw new Unauthenticated(`The GitHub App has no installation ${installation} (any more), or it is suspended: install it again`);
    }
    const made = this.read(zInstallationToken, reply, { route: '', action: "make a token of the app's installation" });
    return { token: made.token, expiresAt: made.expires_at, permissions: made.permissions };
  }

  /** A proof is good for some minutes of GitHub's clock: where ours is another one it is refused, and made anew by theirs. */
  private async sendAsApp(secret: AppSecret, route: string, parameters: Readonly<Record<string, unknown>>): Promise<Reply> {
    const prove = async (): Promise<Reply> => this.send(route, parameters, { authorization: `Bearer ${await appProof(secret, this.theirs.now)}`, key: 'app' });
    const reply = await prove();
    return reply.status === 401 && this.theirs.takes(reply.headers['date']) ? prove() : reply;
  }

  private send(route: string, parameters: Readonly<Record<string, unknown>>, { authorization, key }: { readonly authorization: string; readonly key: string }): Promise<Reply> {
    return this.exchange(route, parameters, { authorization, way: this.wayOut(key) });
  }

  private async exchange(route: string, parameters: Readonly<Record<string, unknown>>, { authorization, way }: { readonly authorization: string; readonly way: typeof fetch }): Promise<Reply> {
    try {
      const { status, data, headers } = await octokitRequest(route, { ...parameters, baseUrl: this.address.rest, headers: { ...HEADERS, authorization }, request: { fetch: way, log: QUIET } });
      return { status, data: data as unknown, headers };
    } catch (error) {
      return replyIn(error);
    }
  }

  private wayOut(key: string): typeof fetch {
    const known = this.ways.get(key) ?? createForgeFetch({ fetch: this.parts.fetch, memory: this.memory, clock: this.clock, credentialKey: key, limits: this.limits, ...(this.parts.onCall && { onCall: this.parts.onCall }) });
    this.ways.set(key, known);
    return known;
  }
}

const zRequestError = z.object({ response: z.object({ status: z.number(), data: z.unknown(), headers: z.record(z.string(), z.union([z.string(), z.number(), z.undefined()])) }) });

/** Octokit throws for every status from 400; what it throws holds the request, so none of it goes on. @throws what stopped the call */
function replyIn(error: unknown): Reply {
  const answered = zRequestError.safeParse(error);
  if (answered.success) return answered.data.response;
  const cause = error instanceof Error ? error.cause : undefined;
  const ours = [error, cause].find((candidate) => candidate instanceof SluiceError);
  throw ours ?? new Unavailable('GitHub cannot be asked: the call could not be made');
}

export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
