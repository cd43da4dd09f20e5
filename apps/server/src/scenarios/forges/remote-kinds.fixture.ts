import { EVERY_PERMISSION, ForgeDouble, giteaSkin, GitlabSkin, startGithubDouble, type GiteaKind } from '@sluice/forge-doubles';
import { SLUICE_BOT, type RemoteKind } from './remote-shop.fixture.js';

const JSON_BODY = { 'content-type': 'application/json' };

const GITHUB: RemoteKind = {
  kind: 'github',
  start: async () => (await startGithubDouble()).double,
  grant: ({ accounts }) => accounts.grant(SLUICE_BOT, { token: 'github_pat_of_sluice', kind: 'fine-grained', rights: EVERY_PERMISSION }).token,
  gitToken: ({ accounts }, login) => accounts.grant(login, { token: `github_pat_of_${login}`, kind: 'fine-grained', rights: EVERY_PERMISSION }).token,
  // docs.github.com/en/rest/pulls/pulls#merge-a-pull-request
  merge: ({ double, path, number, head }, token) =>
    fetch(`${double.url}/api/v3/repos/${path}/pulls/${number}/merge`, { method: 'PUT', headers: { authorization: `Bearer ${token}`, 'user-agent': 'a tool of eve', accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28', ...JSON_BODY }, body: JSON.stringify({ merge_method: 'squash', sha: head }) }),
};

const GITLAB: RemoteKind = {
  kind: 'gitlab',
  start: () => ForgeDouble.start((world) => new GitlabSkin(world)),
  grant: ({ accounts }) => accounts.grant(SLUICE_BOT, { token: 'glpat-of-sluice', kind: 'project', rights: { scopes: 'api', role: '40' } }).token,
  gitToken: ({ accounts }, login) => accounts.grant(login, { token: `glpat-of-${login}`, kind: 'personal', rights: { scopes: 'api', role: '40' } }).token,
  // docs.gitlab.com/api/merge_requests/#merge-a-merge-request
  merge: ({ double, path, number, head }, token) =>
    fetch(`${double.url}/api/v4/projects/${encodeURIComponent(path)}/merge_requests/${number}/merge`, { method: 'PUT', headers: { 'private-token': token, ...JSON_BODY }, body: JSON.stringify({ squash: true, sha: head }) }),
};

function gitea(kind: GiteaKind): RemoteKind {
  const rights = { repository: 'write', issue: 'write', user: 'read', permission: 'admin' };
  return {
    kind,
    start: () => ForgeDouble.start(giteaSkin({ kind })),
    grant: ({ accounts }) => accounts.grant(SLUICE_BOT, { token: 'token-of-sluice', kind: 'token', rights }).token,
    gitToken: ({ accounts }, login) => accounts.grant(login, { token: `token-of-${login}`, kind: 'token', rights }).token,
    // Gitea's swagger: repoMergePullRequest
    merge: ({ double, path, number, head }, token) =>
      fetch(`${double.url}/api/v1/repos/${path}/pulls/${number}/merge`, { method: 'POST', headers: { authorization: `token ${token}`, ...JSON_BODY }, body: JSON.stringify({ Do: 'squash', head_commit_id: head }) }),
  };
}

/** Every forge that a scenario is told on. */
export const REMOTE_KINDS: readonly RemoteKind[] = [GITHUB, GITLAB, gitea('gitea'), gitea('forgejo')];
