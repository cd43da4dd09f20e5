import { Unauthenticated, type RepositoryId } from '@sluice/kernel';
import type { ForgeCheck } from '@sluice/usecases';
import type { z } from 'zod';
import type { Call, GitlabApi } from './gitlab-api.js';
import { readAccount } from './own-login.js';
import { mergeMethodsOf, projectFacts } from './project-facts.js';
import { protectionNotes } from './protection-notes.js';
import { type Project, zMember, zProtected, zRules, zToken } from './schema.js';

/** Roles: docs.gitlab.com/api/access_requests/#valid-access-levels */
const DEVELOPER = 30;
const MAINTAINER = 40;
const OWNER = 50;

/** @throws Unauthenticated, NotFound; Forbidden when the token may not even read */
export async function checkProject(api: GitlabApi, repository: RepositoryId): Promise<ForgeCheck> {
  const self = await readAccount(api);
  const token = await validToken(api);
  const project = await projectFacts(api, repository, { fresh: true });
  const path = await api.project(repository);
  const level = self.is_admin === true ? OWNER : levelIn(project) || (await effectiveLevel(api, path, self.id));
  return {
    login: self.username,
    path: project.path_with_namespace,
    defaultBranch: project.default_branch ?? 'main',
    mergeMethods: mergeMethodsOf(project),
    missing: [...missingScopes(token?.scopes), ...missingRole(level), ...missingFeatures(project)],
    notes: [...hookNote(level), ...settingNotes(project), ...(await ruleNotes(api, path, { level, id: self.id })), ...expiryNote(token?.expires_at ?? undefined)],
  };
}

/** undefined: before GitLab 15.5 a token could not be asked about itself. */
async function validToken(api: GitlabApi): Promise<z.output<typeof zToken> | undefined> {
  const token = await optional(api, zToken, { method: 'GET', path: '/personal_access_tokens/self', action: 'describe the token' });
  if (token?.active === false || token?.revoked === true) throw new Unauthenticated('The credential for GitLab is not valid any more: rotate it with `sluice credential rotate`');
  return token;
}

async function ruleNotes(api: GitlabApi, path: string, account: { readonly level: number; readonly id: number }): Promise<readonly string[]> {
  const branches = await optional(api, zProtected, { method: 'GET', path: `${path}/protected_branches`, query: { per_page: 100 }, action: 'read the protected branches' });
  // only where the plan has them
  const rules = await optional(api, zRules, { method: 'GET', path: `${path}/approval_rules`, query: { per_page: 100 }, action: 'read the approval rules' });
  return [...protectionNotes(branches ?? [], account), ...(rules ?? []).flatMap(ruleNote)];
}

/** What the credential may not see, or the plan does not have, is no error here. */
async function optional<Schema extends z.ZodType>(api: GitlabApi, schema: Schema, call: Call): Promise<z.output<Schema> | undefined> {
  const answer = await api.call(call);
  return answer.status === 403 || answer.status === 404 ? undefined : api.read(schema, answer, call);
}

function levelIn({ permissions }: Project): number {
  return Math.max(permissions?.project_access?.access_level ?? 0, permissions?.group_access?.access_level ?? 0);
}

/** Who is there by a group that was invited has a role that the project itself does not tell. */
async function effectiveLevel(api: GitlabApi, path: string, id: number): Promise<number> {
  const member = await optional(api, zMember, { method: 'GET', path: `${path}/members/all/${id}`, action: 'read the role of the account' });
  return member?.access_level ?? 0;
}

/** docs.gitlab.com/user/profile/personal_access_tokens/#personal-access-token-scopes: `api` also lets git read and write. */
function missingScopes(scopes: readonly string[] | undefined): readonly string[] {
  return scopes === undefined || scopes.includes('api') ? [] : ['scope: api (reads and writes merge requests, notes and statuses, and pushes branches)'];
}

function missingRole(level: number): readonly string[] {
  return level >= DEVELOPER ? [] : ['role: Developer (pushes branches, opens and merges merge requests, writes statuses)'];
}

function hookNote(level: number): readonly string[] {
  return level >= MAINTAINER ? [] : ['the account is no maintainer, so it cannot set the webhook nor see what is protected: without a webhook changes are seen by the next sweep'];
}

function missingFeatures({ archived, merge_requests_enabled: requests }: Project): readonly string[] {
  return [...(archived === true ? ['the project is archived: nothing in it can be changed'] : []), ...(requests === false ? ['merge requests are switched off in the project (promotions are merge requests)'] : [])];
}

function settingNotes(project: Project): readonly string[] {
  const notes: readonly (readonly [boolean | null | undefined, string])[] = [
    [project.remove_source_branch_after_merge, 'the project deletes source branches after a merge where a merge request does not say otherwise: an environment branch that is merged by hand is deleted then, unless it is protected'],
    [project.merge_method !== 'merge', `the project merges by ${project.merge_method === 'ff' ? 'fast-forward' : 'merge commits on a semi-linear history'}: where the target has moved on, GitLab rebases the request first, which gives it a new head`],
    [project.only_allow_merge_if_pipeline_succeeds, 'the project wants pipelines to succeed: a request waits for its pipeline, and Sluice\'s own statuses count in it'],
    [project.only_allow_merge_if_all_discussions_are_resolved, 'the project wants all threads of a merge request to be resolved before a merge'],
    [project.merge_trains_enabled, 'the project has merge trains, which Sluice does not use: it merges at once, and a train that runs may be started anew'],
  ];
  return notes.flatMap(([holds, note]) => (holds === true ? [note] : []));
}

function ruleNote({ name, approvals_required: required }: { readonly name: string; readonly approvals_required: number }): readonly string[] {
  return required > 0 ? [`the approval rule ${name} wants ${required} approval${required === 1 ? '' : 's'} in GitLab: what is approved in Sluice counts there only of people who have linked their account`] : [];
}

function expiryNote(day: string | undefined): readonly string[] {
  return day === undefined ? [] : [`the token ends on ${day}: rotate it before with \`sluice credential rotate\``];
}
