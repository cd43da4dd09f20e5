import { type DoubleRepository, EVERY_PERMISSION, ForgeDouble, type GitlabSettings, type Grant, giteaSkin, GitlabSkin, startGithubDouble, type StoredRequest } from '@sluice/forge-doubles';
import type { MergeMethod } from './built-in-place.js';

type Rights = Pick<Grant, 'kind' | 'rights'>;

/** A forge over the network as a trial needs it: a strict double, and what a token there has to allow. */
export interface TrialForge {
  readonly start: () => Promise<ForgeDouble>;
  /** Of Sluice's account. */
  readonly rights: Rights;
  /** Of people and agents. */
  readonly ofPeople: Rights;
  /** Somebody approves a request as it is, by the API that the forge's own pages use; also one who has approved it as it was before. */
  readonly approve: (there: ReviewPlace, request: StoredRequest, token: string) => Promise<Response>;
  /** What a repository's owner chooses in its settings. */
  readonly mergeOnlyBy: (double: ForgeDouble, repository: DoubleRepository, method: MergeMethod) => void;
}

interface ReviewPlace {
  readonly double: ForgeDouble;
  readonly repository: DoubleRepository;
}

function send(url: string, headers: Readonly<Record<string, string>>, body?: unknown): Promise<Response> {
  return fetch(url, { method: 'POST', headers, ...(body !== undefined && { headers: { ...headers, 'content-type': 'application/json' }, body: JSON.stringify(body) }) });
}

/** docs.github.com/en/rest/pulls/reviews#create-a-review-for-a-pull-request */
function approveOnGithub({ double, repository }: ReviewPlace, { number, head }: StoredRequest, token: string): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28', 'user-agent': 'a browser of grace' };
  return send(`${double.url}/api/v3/repos/${repository.path}/pulls/${number}/reviews`, headers, { event: 'APPROVE', commit_id: head });
}

/** docs.gitlab.com/api/merge_request_approvals/#approve-a-merge-request. One that stands is for what was there before: it is taken back first. */
async function approveOnGitlab({ double, repository }: ReviewPlace, { number, head }: StoredRequest, token: string): Promise<Response> {
  const request = `${double.url}/api/v4/projects/${encodeURIComponent(repository.path)}/merge_requests/${number}`;
  const headers = { 'private-token': token };
  const approval = await send(`${request}/approve`, headers, { sha: head });
  if (approval.status !== 401) return approval;
  await send(`${request}/unapprove`, headers);
  return send(`${request}/approve`, headers, { sha: head });
}

/** Gitea's swagger: repoCreatePullReview */
function approveOnGitea({ double, repository }: ReviewPlace, { number, head }: StoredRequest, token: string): Promise<Response> {
  return send(`${double.url}/api/v1/repos/${repository.path}/pulls/${number}/reviews`, { authorization: `token ${token}` }, { event: 'APPROVED', body: '', commit_id: head });
}

/** On GitLab, squashing goes with each of its methods. */
const ON_GITLAB: Readonly<Record<MergeMethod, Pick<GitlabSettings, 'mergeMethod' | 'squashOption'>>> = {
  squash: { mergeMethod: 'ff', squashOption: 'always' },
  rebase: { mergeMethod: 'ff', squashOption: 'never' },
  merge: { mergeMethod: 'merge', squashOption: 'never' },
};

function methodOf(_double: ForgeDouble, { settings }: DoubleRepository, method: MergeMethod): void {
  settings.methods = [method];
}

function gitlabMethod({ skin }: ForgeDouble, repository: DoubleRepository, method: MergeMethod): void {
  if (!(skin instanceof GitlabSkin)) throw new Error('it is not GitLab');
  Object.assign(skin.settings(repository), ON_GITLAB[method]);
}

const GITHUB: Rights = { kind: 'fine-grained', rights: EVERY_PERMISSION };
const GITLAB: Rights = { kind: 'project', rights: { scopes: 'api', role: '40' } };
const GITEA: Rights = { kind: 'token', rights: { repository: 'write', issue: 'read', user: 'read', permission: 'admin' } };

export const TRIAL_FORGES = {
  github: { start: async () => (await startGithubDouble()).double, rights: GITHUB, ofPeople: GITHUB, approve: approveOnGithub, mergeOnlyBy: methodOf },
  gitlab: { start: () => ForgeDouble.start((world) => new GitlabSkin(world)), rights: GITLAB, ofPeople: { ...GITLAB, kind: 'personal' }, approve: approveOnGitlab, mergeOnlyBy: gitlabMethod },
  gitea: { start: () => ForgeDouble.start(giteaSkin({ kind: 'gitea' })), rights: GITEA, ofPeople: GITEA, approve: approveOnGitea, mergeOnlyBy: methodOf },
  forgejo: { start: () => ForgeDouble.start(giteaSkin({ kind: 'forgejo' })), rights: GITEA, ofPeople: GITEA, approve: approveOnGitea, mergeOnlyBy: methodOf },
} satisfies Readonly<Record<string, TrialForge>>;

export type TrialForgeKind = keyof typeof TRIAL_FORGES;
