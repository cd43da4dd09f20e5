import { Forbidden, type RepositoryId } from '@sluice/kernel';
import type { ForgeCheck } from '@sluice/usecases';
import { failureOf, missingScope } from './api-error.js';
import type { Call, GiteaApi } from './gitea-api.js';
import { protectionNotes } from './protection-notes.js';
import { mergeStylesOf, repositoryFacts } from './repository-facts.js';
import { type Repository, zProtections } from './schema.js';

/** What the credential may do. A token's scopes cannot be read by the token itself: each is tried by a call that does nothing. @throws Unauthenticated, NotFound */
export async function checkRepository(api: GiteaApi, repository: RepositoryId): Promise<ForgeCheck> {
  const facts = await repositoryFacts(api, repository, { fresh: true });
  const who = await loginOrScope(api);
  const known = { login: who.login, path: facts.full_name, defaultBranch: facts.default_branch, mergeMethods: [...mergeStylesOf(facts).keys()] };
  // by the name that it had before only what just reads is led on: nothing more can be tried
  if (facts.full_name.toLowerCase() !== (await api.path(repository)).toLowerCase()) return { ...known, missing: who.missing, notes: [] };
  const [writes, sees] = await Promise.all([writeScope(api, repository), issueScope(api, repository)]);
  const notes = [...settingNotes(api, facts), ...sees, ...(await notesOfProtection(api, repository, { facts, login: who.login }))];
  return { ...known, missing: [...who.missing, ...writes, ...missingRights(facts)], notes };
}

async function loginOrScope(api: GiteaApi): Promise<{ readonly login: string; readonly missing: readonly string[] }> {
  try {
    return { login: await api.login(), missing: [] };
  } catch (error) {
    if (!(error instanceof Forbidden)) throw error;
    return { login: '', missing: ['scope read:user (tells which reviews Sluice wrote itself)'] };
  }
}

/** Opening a request without any field is refused for its fields, after the scope has been looked at. Follows repoCreatePullRequest. */
async function writeScope(api: GiteaApi, repository: RepositoryId): Promise<readonly string[]> {
  const lacking = await lackingScope(api, { method: 'POST', path: `${await api.repository(repository)}/pulls`, body: {}, action: 'open pull requests' });
  return lacking === undefined ? [] : [`scope ${lacking} (opens and merges promotion requests, sets statuses)`];
}

/** Follows issueListIssues. */
async function issueScope(api: GiteaApi, repository: RepositoryId): Promise<readonly string[]> {
  const lacking = await lackingScope(api, { method: 'GET', path: `${await api.repository(repository)}/issues`, query: { limit: 1, type: 'pulls', state: 'open' }, action: 'see issues' });
  return lacking === undefined ? [] : [`without the scope ${lacking} nobody can tell who closed a request by hand or marked it as ready`];
}

async function lackingScope(api: GiteaApi, call: Call): Promise<string | undefined> {
  const answer = await api.call(call);
  if (answer.status === 401) throw failureOf(answer, api.forge, call.action);
  return missingScope(answer);
}

function missingRights({ permissions, archived, mirror, has_pull_requests: requests }: Repository): readonly string[] {
  return [
    permissions?.push === false && 'write access to the repository (pushes branches, opens and merges promotion requests, sets statuses)',
    archived === true && 'a repository that is not archived (an archived one cannot be changed)',
    mirror === true && 'a repository that is no mirror (a mirror cannot be pushed to)',
    requests === false && 'pull requests (they are turned off in the settings of the repository)',
  ].filter((text) => text !== false);
}

function settingNotes(api: GiteaApi, { permissions, default_delete_branch_after_merge: deletes }: Repository): readonly string[] {
  return [
    deletes === true && `${api.forge} offers to delete the branch after a merge by default: an environment's branch that is merged there by hand may be deleted with it; Sluice notices, and offers to make it again`,
    permissions?.admin === false && 'the account does not administrate the repository: Sluice cannot register its webhook, so somebody has to do that by hand; nor can it see the protection of branches',
  ].filter((text) => text !== false);
}

/** Follows repoListBranchProtection, which only administrators may see. */
async function notesOfProtection(api: GiteaApi, repository: RepositoryId, { facts, login }: { readonly facts: Repository; readonly login: string }): Promise<readonly string[]> {
  if (facts.permissions?.admin !== true) return [];
  const answer = await api.call({ method: 'GET', path: `${await api.repository(repository)}/branch_protections`, action: 'see the protection of branches' });
  if (answer.status === 403 || answer.status === 404) return [];
  return protectionNotes(api.read(zProtections, answer, 'see the protection of branches'), login);
}
