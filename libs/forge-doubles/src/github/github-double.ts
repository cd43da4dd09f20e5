import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import type { CommitSha } from '@sluice/kernel';
import type { Grant } from '../base/accounts.js';
import type { DoubleRepository } from '../base/double-repository.js';
import { type DoubleOptions, ForgeDouble } from '../base/forge-double.js';
import type { StoredStatus } from '../base/records.js';
import type { Answer, Call } from '../base/route.js';
import type { Skin } from '../base/skin.js';
import { OauthPages } from '../base/oauth-pages.js';
import type { World } from '../base/world.js';
import { appGrant, appRoutes } from './app-routes.js';
import { type App, githubError, type GithubContext, type GithubState } from './context.js';
import { graphqlRoute } from './graphql-route.js';
import { hookRoutes } from './hook-routes.js';
import { issueRoutes } from './issue-routes.js';
import { GITHUB_OAUTH } from './oauth-dialect.js';
import { payloadsOf } from './payloads.js';
import { EVERY_PERMISSION } from './permissions.js';
import { pullRoutes } from './pull-routes.js';
import { reviewRoutes } from './review-routes.js';
import { repositoryRoutes } from './repository-routes.js';
import { Shapes } from './shapes.js';
import { statusRoutes } from './status-routes.js';

/** A GitHub Enterprise Server for tests: `url` is where people see it. */
export interface GithubDouble {
  readonly double: ForgeDouble;
  readonly state: GithubState;
  /** A fine-grained token with permissions, or a classic one with scopes. */
  token(login: string, rights: { readonly permissions?: Readonly<Record<string, string>>; readonly scopes?: readonly string[] }): Grant;
  /** Registers an app. @returns its private key, as GitHub gives it out, and the app */
  app(slug: string): { readonly app: App; readonly privateKey: string };
  install(app: App, owner: string, permissions?: Readonly<Record<string, string>>): number;
  /** A check run of an app, such as `github-actions`. */
  checkRun(repository: DoubleRepository, run: { readonly commit: CommitSha; readonly name: string; readonly app?: string; readonly status?: string; readonly conclusion?: string }): StoredStatus;
  stop(): Promise<void>;
}

export async function startGithubDouble(options: DoubleOptions = {}): Promise<GithubDouble> {
  const state: GithubState = { apps: new Map(), tokenLifetime: 3_600_000, limit: { max: 5_000, resetAt: 0 }, used: new Map(), rules: new Map(), unknownMergeability: new Map(), draftsSupported: true };
  const double: ForgeDouble = await ForgeDouble.start((world) => githubSkin({ world, state }, () => double.repositories.values()), options);
  let tokens = 0;
  return {
    double,
    state,
    token: (login, { permissions = EVERY_PERMISSION, scopes }) => {
      tokens += 1;
      return double.accounts.grant(login, scopes ? { token: `ghp_${login}${tokens}`, kind: 'classic', rights: { scopes: scopes.join(',') } } : { token: `github_pat_${login}${tokens}`, kind: 'fine-grained', rights: permissions });
    },
    app: (slug) => {
      const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
      const app: App = { id: 100 + state.apps.size, slug, publicKey: createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })), bot: double.accounts.add(`${slug}[bot]`, { kind: 'bot' }), installations: new Map() };
      state.apps.set(app.id, app);
      return { app, privateKey: String(privateKey.export({ type: 'pkcs1', format: 'pem' })) };
    },
    install: (app, owner, permissions = EVERY_PERMISSION) => {
      const id = double.nextId();
      app.installations.set(id, { id, owner, permissions });
      return id;
    },
    checkRun: (repository, { commit, name, app = 'github-actions', status = 'completed', conclusion = 'success' }) =>
      repository.setStatus({ commit, context: name, state: status === 'completed' ? conclusion : status, description: name, extra: { app, status } }, double.accounts.add(`${app}[bot]`, { kind: 'bot' })),
    stop: () => double.stop(),
  };
}

function githubSkin(context: GithubContext, repositories: () => Iterable<DoubleRepository>): Skin {
  const { world, state } = context;
  const shapes = new Shapes(world);
  const oauth = new OauthPages(world, GITHUB_OAUTH);
  return {
    conditional: true,
    oauth,
    routes: [...oauth.routes, ...pullRoutes(context), ...reviewRoutes(context), ...issueRoutes(context), ...repositoryRoutes(context), ...statusRoutes(context), ...hookRoutes(context), ...appRoutes(context), graphqlRoute(context, repositories)],
    authenticate: ({ authorization = '' }) => {
      const [, token] = /^(?:token|bearer) (\S+)$/i.exec(authorization) ?? [];
      if (token === undefined) return undefined;
      return token.split('.').length === 3 ? appGrant(context, token) : world.accounts.of(token, world.now());
    },
    gitRight: (grant, repository) => gitRight(grant, repository),
    refuse: (refusal, message) => {
      const status = { malformed: 422, unauthenticated: 401, 'unknown route': 404, broken: 500 }[refusal];
      return githubError(status, refusal === 'unauthenticated' ? 'Bad credentials' : message).answer;
    },
    wrongHeaders,
    before: (call) => limited(world, state, call),
    headers: (call, answer) => ({ date: new Date(world.now()).toUTCString(), ...rateHeaders(state, call, answer) }),
    payloads: (event, hook, repository) => payloadsOf(shapes, event, hook, repository),
  };
}

function gitRight(grant: Grant | undefined, { path }: DoubleRepository): 'none' | 'read' | 'write' {
  if (!grant || (grant.paths && !grant.paths.includes(path))) return 'none';
  if (grant.kind === 'classic') return (grant.rights['scopes'] ?? '').split(',').includes('repo') ? 'write' : 'none';
  const { contents } = grant.rights;
  return contents === 'read' || contents === 'write' ? contents : 'none';
}

/** docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api#about-headers */
function wrongHeaders({ headers, body }: Pick<Call, 'headers' | 'body'>): string | undefined {
  if (!headers['user-agent']) return 'Request forbidden by administrative rules: a User-Agent is missing';
  if (headers['accept'] !== 'application/vnd.github+json') return `Accept should be application/vnd.github+json, not ${headers['accept']}`;
  if (headers['x-github-api-version'] !== '2022-11-28') return 'X-GitHub-Api-Version is missing';
  return body !== undefined && !/^application\/json\b/.test(headers['content-type'] ?? '') ? 'Content-Type should be application/json' : undefined;
}

/** docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api */
function limited(world: World, state: GithubState, { grant }: Call): Answer | undefined {
  if (state.limit.resetAt <= world.now()) {
    state.limit.resetAt = Math.ceil(world.now() / 1_000) * 1_000 + 3_600_000;
    state.used.clear();
  }
  const used = state.used.get(grant?.token ?? '') ?? 0;
  return used < state.limit.max ? undefined : githubError(403, `API rate limit exceeded for ${grant?.account.login ?? 'you'}.`).answer;
}

/** What has not changed costs nothing: docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests-if-appropriate */
function rateHeaders(state: GithubState, { grant }: Call, { status }: Answer): Readonly<Record<string, string>> {
  const key = grant?.token ?? '';
  const used = Math.min((state.used.get(key) ?? 0) + (status === 304 ? 0 : 1), state.limit.max);
  state.used.set(key, used);
  const scopes: Record<string, string> = grant?.kind === 'classic' ? { 'x-oauth-scopes': (grant.rights['scopes'] ?? '').split(',').join(', ') } : {};
  return { 'x-ratelimit-limit': String(state.limit.max), 'x-ratelimit-used': String(used), 'x-ratelimit-remaining': String(state.limit.max - used), 'x-ratelimit-reset': String(Math.ceil(state.limit.resetAt / 1_000)), 'x-ratelimit-resource': 'core', ...scopes };
}
