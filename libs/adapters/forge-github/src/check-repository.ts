import type { RepositoryId } from '@sluice/kernel';
import type { ForgeCheck } from '@sluice/usecases';
import type { Reply } from './api-error.js';
import type { GithubApi, GithubCall } from './github-api.js';
import { ownLogin } from './own-login.js';
import { protectionNotes } from './protection-notes.js';
import { forgetFacts, methodsOf, repositoryFacts } from './repository-facts.js';
import type { Repository } from './schema.js';

interface Need {
  /** As apps call it: docs.github.com/en/rest/authentication/permissions-required-for-github-apps */
  readonly permission: string;
  readonly level: 'read' | 'write';
  /** As GitHub's pages call it. */
  readonly name: string;
  readonly purpose: string;
  /** Is refused for the lack of the permission alone, and changes nothing in any case. */
  readonly probe: (branch: string) => Omit<GithubCall, 'action'>;
  /** Scopes of a classic token that bring it. */
  readonly scopes: readonly string[];
}

const NOWHERE = '0'.repeat(40);
const MISSING = 'sluice/a-branch-that-is-not-there';
const REPO = ['repo', 'public_repo'];

const NEEDS: readonly Need[] = [
  { permission: 'contents', level: 'write', name: 'contents', purpose: 'reads the repository and pushes promotion branches', scopes: REPO, probe: () => ({ route: 'POST /repos/{owner}/{repo}/git/refs', parameters: { ref: `refs/heads/${MISSING}`, sha: NOWHERE } }) },
  { permission: 'pull_requests', level: 'write', name: 'pull requests', purpose: 'opens and merges promotion requests', scopes: REPO, probe: (branch) => ({ route: 'POST /repos/{owner}/{repo}/pulls', parameters: { title: 'Sluice', head: MISSING, base: branch } }) },
  { permission: 'statuses', level: 'write', name: 'commit statuses', purpose: 'reads the results of checks and shows its own gates', scopes: [...REPO, 'repo:status'], probe: () => ({ route: 'POST /repos/{owner}/{repo}/statuses/{sha}', parameters: { sha: NOWHERE, state: 'pending' } }) },
  { permission: 'checks', level: 'read', name: 'checks', purpose: 'reads the results of check runs such as those of GitHub Actions', scopes: REPO, probe: (branch) => ({ route: 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs', parameters: { ref: branch, per_page: 1 } }) },
  { permission: 'repository_hooks', level: 'write', name: 'webhooks', purpose: 'tells Sluice what happens in the repository', scopes: ['admin:repo_hook', 'write:repo_hook', 'repo'], probe: () => ({ route: 'POST /repos/{owner}/{repo}/hooks', parameters: { name: 'web', config: {} } }) },
];

/** What the credential may do with a repository. @throws Unauthenticated, NotFound */
export async function checkRepository(api: GithubApi, repository: RepositoryId): Promise<ForgeCheck> {
  await forgetFacts(api, repository);
  const facts = await repositoryFacts(api, repository);
  const login = await ownLogin(api, repository);
  const problems = stateProblems(facts);
  return {
    login,
    path: facts.full_name,
    defaultBranch: facts.default_branch,
    mergeMethods: methodsOf(facts),
    // nobody may change what is archived, so trying would tell nothing of the credential
    missing: problems.length > 0 ? problems : await missing(api, repository, facts),
    notes: [...settingNotes(facts), ...(await protectionNotes(api, repository, facts.default_branch))],
  };
}

async function missing(api: GithubApi, repository: RepositoryId, facts: Repository): Promise<readonly string[]> {
  const { permissions } = await api.freshProof(repository);
  const lacking = permissions ? NEEDS.filter(({ permission, level }) => !grants(permissions[permission], level)) : await probed(api, repository, facts);
  return lacking.map(({ name, level, purpose }) => `${name}: ${level} (${purpose})`);
}

function grants(granted: string | undefined, level: Need['level']): boolean {
  return granted === 'write' || granted === 'admin' || granted === level;
}

/** Classic tokens come with the list of their scopes; what fine-grained ones may do only trying tells. */
async function probed(api: GithubApi, repository: RepositoryId, facts: Repository): Promise<readonly Need[]> {
  const lacking: Need[] = [];
  for (const need of NEEDS) {
    const reply = await api.call(repository, { ...need.probe(facts.default_branch), action: `find out whether it may use ${need.name}` });
    if (isRefused(need, reply.status) || isOutOfScope(need, reply) || !mayAccount(need, facts)) lacking.push(need);
  }
  return lacking;
}

function isRefused({ permission }: Need, status: number): boolean {
  return status === 403 || (status === 404 && permission !== 'checks');
}

function isOutOfScope(need: Need, { headers }: Reply): boolean {
  const scopes = String(headers['x-oauth-scopes'] ?? '').split(/,\s*/).filter(Boolean);
  return scopes.length > 0 && !need.scopes.some((scope) => scopes.includes(scope));
}

/** The account itself may do less than its token says. */
function mayAccount({ permission, level }: Need, { permissions = {} }: Repository): boolean {
  if (permission === 'repository_hooks') return permissions.admin ?? true;
  return level === 'read' || (permissions.push ?? true);
}

function stateProblems({ archived, disabled }: Repository): readonly string[] {
  return [...(archived ? ['the repository is archived: nothing in it can be changed'] : []), ...(disabled ? ['the repository is disabled by GitHub: nothing in it can be changed'] : [])];
}

function settingNotes(facts: Repository): readonly string[] {
  const notes = [];
  if (facts.delete_branch_on_merge === true) notes.push('GitHub deletes the source branch of every merged pull request ("Automatically delete head branches"): an environment\'s branch that is merged by hand goes too, and Sluice asks whether to put it back');
  if (facts.allow_squash_merge === undefined) notes.push('Which merge methods the repository allows and whether it deletes merged branches is told only to those who may administrate it: Sluice tries the methods in turn');
  return notes;
}
