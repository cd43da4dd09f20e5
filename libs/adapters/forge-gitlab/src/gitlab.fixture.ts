import { type DoubleRepository, ForgeDouble, GitlabSkin, type DoubleOptions, type Grant } from '@sluice/forge-doubles';
import { type CommitSha, instant, repositoryId, type RepositoryId } from '@sluice/kernel';
import type { ForgeUnderTest } from '@sluice/testing';
import type { ChangeRequest, ForgeMemory, ForgeParts, MergeMethod, OwnAccount, RemoteForge } from '@sluice/usecases';
import { connectGitlab } from './connect-gitlab.js';

export const SHOP: RepositoryId = repositoryId('shop');
export const PATH = 'acme/web/shop';
export const TOKEN = 'glpat-not-a-secret-but-looks-so';
/** Who Sluice is there: a project's token has a bot of its own. */
export const BOT = 'project_15_bot_sluice';

/** GitLab's double with one project, and the adapter over it. */
export interface TestGitlab extends RemoteForge {
  readonly double: ForgeDouble;
  readonly skin: GitlabSkin;
  readonly project: DoubleRepository;
  readonly memory: ForgeMemory & { readonly entries: Map<string, string> };
  /** Another process with the same memory, or (with `memory`) with one of its own. */
  again(parts?: Partial<ForgeParts> & { readonly url?: string; readonly token?: () => string }): RemoteForge;
  /** Fails when the double has seen what no careful client sends. */
  stop(): Promise<void>;
}

export async function startGitlab({ grant = {}, ...options }: DoubleOptions & { readonly grant?: Partial<Pick<Grant, 'rights' | 'kind' | 'expiresAt'>> } = {}): Promise<TestGitlab> {
  let skin: GitlabSkin | undefined;
  const double = await ForgeDouble.start((world) => (skin = new GitlabSkin(world)), options);
  if (!skin) throw new Error('the double made no skin');
  const project = await double.createRepository(PATH, { owner: 'acme' });
  double.accounts.grant(BOT, { token: TOKEN, kind: 'project', rights: { scopes: 'api', role: '40' }, ...grant });
  const memory = forgeMemory();
  const again: TestGitlab['again'] = ({ url = double.url, token = () => TOKEN, ...parts } = {}) =>
    connectGitlab({ kind: 'gitlab', url, secret: () => Promise.resolve({ kind: 'token', token: token() }) }, { path: () => Promise.resolve(PATH), fetch, memory, clock: () => instant(Date.now()), ...parts });
  const stop = async (): Promise<void> => {
    await double.stop();
    expect(double.unexpected()).toEqual([]);
  };
  return { ...again(), double, skin, project, memory, again, stop };
}

/** A personal access token of a developer. */
export function ownAccount({ double }: Pick<TestGitlab, 'double'>, login: string): OwnAccount & { readonly value: string; revoke(): void } {
  const { token } = double.accounts.grant(login, { token: `glpat-of-${login}-0123456789`, kind: 'personal', rights: { scopes: 'api', role: '30' } });
  return { login, value: token, token: () => Promise.resolve(token), revoke: () => double.accounts.revoke(token) };
}

export function forgeMemory(): TestGitlab['memory'] {
  const entries = new Map<string, string>();
  return {
    entries,
    get: (key) => Promise.resolve(entries.get(key)),
    put: (key, value) => Promise.resolve(void entries.set(key, value)),
    forget: (prefix) => Promise.resolve([...entries.keys()].filter((key) => key.startsWith(prefix)).forEach((key) => entries.delete(key))),
  };
}

let branches = 0;

/** An open request of a branch with one commit, on a target that only this test uses. */
export async function opened({ project, changes }: Pick<TestGitlab, 'project' | 'changes'>, { prefix = 'sluice/promote/', draft = false } = {}): Promise<{ readonly change: ChangeRequest; readonly head: CommitSha; readonly target: CommitSha }> {
  branches += 1;
  const [sourceBranch, targetBranch] = [`${prefix}${branches}`, `target-${branches}`];
  const target = await project.commit({ branch: targetBranch, from: 'main', files: { 'shared.yaml': 'replicas: 1\n' } });
  const head = await project.commit({ branch: sourceBranch, from: targetBranch, files: { 'new.yaml': `number: ${branches}\n` }, message: 'Add the feature' });
  return { change: await changes.open(SHOP, { title: 'Promote shop', body: 'Because.', sourceBranch, targetBranch, draft }), head, target };
}

/** How often each route was asked since the last time. */
export function takeCounts({ double }: Pick<TestGitlab, 'double'>): Readonly<Record<string, number>> {
  const counts = Object.fromEntries(Object.entries(double.log.counts()).map(([route, count]) => [route.replace('/api/v4/projects/{id}', ''), count]));
  double.log.clear();
  return counts;
}

/** A project has one merge method at a time: a test that wants another has it changed. */
export function allow({ skin, project, memory }: Pick<TestGitlab, 'skin' | 'project' | 'memory'>, method: MergeMethod): Promise<void> {
  Object.assign(skin.settings(project), { mergeMethod: method === 'merge' ? 'merge' : 'ff', squashOption: method === 'squash' ? 'default_on' : 'default_off' });
  return memory.forget('project:');
}

export async function forgeUnderTest(): Promise<ForgeUnderTest> {
  const gitlab = await startGitlab();
  const { project, changes } = gitlab;
  return {
    ...gitlab,
    repository: SHOP,
    account: BOT,
    changes: {
      open: (repository, request) => changes.open(repository, request),
      update: (repository, number, fields) => changes.update(repository, number, fields),
      get: (repository, number) => changes.get(repository, number),
      list: (repository, filter) => changes.list(repository, filter),
      close: (repository, number, options) => changes.close(repository, number, options),
      merge: async (repository, number, options) => {
        if (options.method) await allow(gitlab, options.method);
        return changes.merge(repository, number, options);
      },
    },
    reviewThere: (number, login, state) => void project.review(project.requests.get(number)!, { state, body: '' }, gitlab.double.accounts.add(login)),
    ownAccount: (login) => ownAccount(gitlab, login),
    commit: (input) => project.commit(input),
    head: (branch) => project.git.head(branch),
    facts: async (commit) => ({ ...(await project.git.facts(commit)), files: await project.git.files(commit) }),
  };
}
