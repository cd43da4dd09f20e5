import { type CommitSha, commitSha, instant, repositoryId, type RepositoryId } from '@sluice/kernel';
import { type DoubleRepository, type Grant, type GithubDouble, startGithubDouble, type StoredRequest } from '@sluice/forge-doubles';
import { fakeForgeMemory, type FakeForgeMemory, type ForgeUnderTest } from '@sluice/testing';
import type { ForgeSecret, OwnAccount, RemoteForge } from '@sluice/usecases';
import { connectGithub } from './connect-github.js';

export const SHOP: RepositoryId = repositoryId('shop');
const PATH = 'acme/shop';

/** The adapter over a double of GitHub Enterprise with the repository `acme/shop`. */
export interface GithubWorld extends ForgeUnderTest {
  readonly github: GithubDouble;
  readonly forge: RemoteForge;
  readonly shop: DoubleRepository;
  readonly memory: FakeForgeMemory;
  readonly account: string;
  /** What the next calls are made with. */
  secret: ForgeSecret;
  /** Milliseconds that the clocks of both sides are ahead. */
  ahead: number;
  /** Milliseconds that Sluice's clock is wrong by. */
  wrong: number;
  /** The calls of the API since the last time, as `GET /repos/{owner}/{repo}` → how often. */
  calls(): Readonly<Record<string, number>>;
}

/** Turns would only make the tests wait; forge-http tries them. */
const QUICK = { rate: 1_000, burst: 1_000 };

export interface WorldOptions {
  /** The secret that Sluice has; without it a fine-grained token of the account `sluice` with every permission. */
  readonly credential?: (github: GithubDouble) => { readonly secret: ForgeSecret; readonly account: string };
  readonly deliverFirst?: boolean;
}

export async function createGithubWorld({ credential = ofToken, deliverFirst = false }: WorldOptions = {}): Promise<GithubWorld> {
  const github = await startGithubDouble({ deliverFirst });
  const shop = await github.double.createRepository(PATH);
  const memory = fakeForgeMemory();
  const { secret, account } = credential(github);
  const clock = () => instant(Date.now() + world.ahead + world.wrong);
  github.double.now = () => Date.now() + world.ahead;
  const connection = { kind: 'github' as const, url: github.double.url, secret: () => Promise.resolve(world.secret) };
  const forge = connectGithub(connection, { path: () => Promise.resolve(PATH), fetch, memory, clock }, QUICK);
  const world: GithubWorld = {
    github,
    forge,
    shop,
    memory,
    account,
    secret,
    ahead: 0,
    wrong: 0,
    repository: SHOP,
    changes: forge.changes,
    reviews: forge.reviews,
    statuses: forge.statuses,
    access: forge.access,
    reviewThere: (number, login, state) => void shop.review(shop.requests.get(number)!, { state, body: '' }, github.double.accounts.add(login)),
    ownAccount: (login) => ownAccount(github, login),
    commit: (input) => shop.commit(input),
    head: (branch) => shop.git.head(branch),
    facts: async (commit) => ({ ...(await shop.git.facts(commit)), files: await shop.git.files(commit) }),
    calls: () => {
      const counts = Object.fromEntries(Object.entries(github.double.log.counts()).map(([name, count]) => [name.replace('/api/v3', ''), count]));
      github.double.log.clear();
      return counts;
    },
    stop: async () => {
      await github.stop();
      expect(github.double.unexpected()).toEqual([]);
    },
  };
  return world;
}

/** A fine-grained token of a person's that may review, and nothing else. */
export function ownAccount(github: GithubDouble, login: string): OwnAccount & { readonly value: string; revoke(): void } {
  const { token } = github.token(login, { permissions: { metadata: 'read', pull_requests: 'write' } });
  return { login, value: token, token: () => Promise.resolve(token), revoke: () => github.double.accounts.revoke(token) };
}

function ofToken(github: GithubDouble): { readonly secret: ForgeSecret; readonly account: string } {
  return { secret: { kind: 'token', token: github.token('sluice', {}).token }, account: 'sluice' };
}

export function ofApp(github: GithubDouble): { readonly secret: ForgeSecret; readonly account: string } {
  const { app, privateKey } = github.app('sluice');
  github.install(app, 'acme');
  return { secret: { kind: 'app', appId: app.id, privateKey }, account: 'sluice[bot]' };
}

export function tokenOf({ token }: Grant): ForgeSecret {
  return { kind: 'token', token };
}

/** One double for a whole suite, with what its people do there; each test counts its own calls. */
export function sharedGithub() {
  let world: GithubWorld | undefined;
  const current = (): GithubWorld => {
    if (!world) throw new Error('the double is there only while tests run');
    return world;
  };
  beforeAll(async () => {
    world = await createGithubWorld();
  });
  afterAll(() => current().stop());
  beforeEach(() => {
    current().calls();
  });
  return {
    get world() {
      return current();
    },
    person: (login: string) => current().github.double.accounts.add(login),
    stored: (number: number): StoredRequest => {
      const request = current().shop.requests.get(number);
      if (!request) throw new Error(`there is no request ${number}`);
      return request;
    },
  };
}

let branches = 0;

/** An open request of a branch of its own into `main`. */
export async function openedRequest(world: GithubWorld, options: { readonly draft?: boolean } = {}): Promise<{ readonly number: number; readonly head: CommitSha; readonly branch: string }> {
  branches += 1;
  const branch = `sluice/change-${branches}`;
  const head = await world.commit({ branch, from: 'main', files: { [`${branch}.yaml`]: 'on: true\n' } });
  const { number } = await world.changes.open(SHOP, { title: 'Promote the shop', body: 'Because.', sourceBranch: branch, targetBranch: 'main', draft: options.draft ?? false });
  return { number, head: commitSha(head), branch };
}
