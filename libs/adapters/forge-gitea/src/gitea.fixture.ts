import { ForgeDouble, type DoubleOptions, type DoubleRepository, type GiteaKind, giteaSkin } from '@sluice/forge-doubles';
import { type Clock, type CommitSha, instant, repositoryId, type RepositoryId } from '@sluice/kernel';
import { type FakeForgeMemory, fakeForgeMemory, type ForgeUnderTest } from '@sluice/testing';
import type { ForgeSecret, OwnAccount, RemoteForge } from '@sluice/usecases';
import { connectGitea } from './connect-gitea.js';

export const SHOP: RepositoryId = repositoryId('shop');
export const ACCOUNT = 'sluice-bot';
const PATH = 'acme/shop';
const RIGHTS = { repository: 'write', issue: 'write', user: 'read', permission: 'admin' };

/** The adapter over a double of its own with the repository `acme/shop`. */
export interface TestGitea extends ForgeUnderTest {
  readonly double: ForgeDouble;
  readonly shop: DoubleRepository;
  readonly forge: RemoteForge;
  readonly memory: FakeForgeMemory;
  /** Merges that are answered with "Please try again later". */
  readonly checking: { left: number };
  /** Another process with the same memory, or with its own. */
  connect(options?: { readonly memory?: FakeForgeMemory; readonly fetch?: typeof fetch; readonly clock?: Clock }): RemoteForge;
  /** Gives the credential another token with other rights. */
  grant(token: string, rights?: Readonly<Record<string, string>>): void;
  /** What the calls of some work were, by route. */
  callsOf(work: () => Promise<unknown>): Promise<readonly string[]>;
}

export async function startGitea(kind: GiteaKind = 'gitea', { maxItems, ...options }: DoubleOptions & { readonly maxItems?: number } = {}): Promise<TestGitea> {
  const checking = { left: 0 };
  const double = await ForgeDouble.start(giteaSkin({ kind, checking, ...(maxItems !== undefined && { maxItems }) }), options);
  const shop = await double.createRepository(PATH);
  let secret: ForgeSecret = { kind: 'token', token: '' };
  const grant = (token: string, rights: Readonly<Record<string, string>> = RIGHTS): void => {
    double.accounts.grant(ACCOUNT, { token, kind: 'token', rights });
    secret = { kind: 'token', token };
  };
  grant('t0ken-of-the-b0t');
  const memory = fakeForgeMemory();
  const connect: TestGitea['connect'] = (parts = {}) =>
    connectGitea({ kind, url: double.url, secret: () => Promise.resolve(secret) }, { path: () => Promise.resolve(PATH), fetch, memory, clock: () => instant(Date.now()), ...parts });
  const forge = connect();
  return {
    ...forge,
    repository: SHOP,
    account: ACCOUNT,
    double,
    shop,
    forge,
    memory,
    checking,
    connect,
    grant,
    callsOf: async (work) => {
      double.log.clear();
      await work();
      return double.log.calls().map(({ method, route }) => `${method} ${route.replace('/api/v1/repos/{owner}/{repo}', '')}`);
    },
    reviewThere: (number, login, state) => void shop.review(shop.requests.get(number)!, { state, body: '' }, double.accounts.add(login)),
    ownAccount: (login) => ownAccount(double, login),
    commit: (input) => shop.commit(input),
    head: (branch) => shop.git.head(branch),
    facts: async (commit: CommitSha) => ({ ...(await shop.git.facts(commit)), files: await shop.git.files(commit) }),
    stop: () => double.stop(),
  };
}

/** An access token of a person's with the scopes that reviewing takes. */
export function ownAccount(double: ForgeDouble, login: string): OwnAccount & { readonly value: string; revoke(): void } {
  const { token } = double.accounts.grant(login, { token: `0123456789-of-${login}`, kind: 'token', rights: { repository: 'write', user: 'read', permission: 'write' } });
  return { login, value: token, token: () => Promise.resolve(token), revoke: () => double.accounts.revoke(token) };
}
