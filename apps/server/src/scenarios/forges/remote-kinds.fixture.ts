import { ForgeDouble, GitlabSkin } from '@sluice/forge-doubles';
import { SLUICE_BOT, type RemoteKind } from './remote-shop.fixture.js';

const GITLAB: RemoteKind = {
  kind: 'gitlab',
  start: () => ForgeDouble.start((world) => new GitlabSkin(world)),
  grant: ({ accounts }) => accounts.grant(SLUICE_BOT, { token: 'glpat-of-sluice', kind: 'project', rights: { scopes: 'api', role: '40' } }).token,
  gitToken: ({ accounts }, login) => accounts.grant(login, { token: `glpat-of-${login}`, kind: 'personal', rights: { scopes: 'api', role: '40' } }).token,
  // docs.gitlab.com/api/merge_requests/#merge-a-merge-request
  merge: ({ double, path, number, head }, token) =>
    fetch(`${double.url}/api/v4/projects/${encodeURIComponent(path)}/merge_requests/${number}/merge`, { method: 'PUT', headers: { 'private-token': token, 'content-type': 'application/json' }, body: JSON.stringify({ squash: true, sha: head }) }),
};

/** Every forge that a scenario is told on. */
export const REMOTE_KINDS: readonly RemoteKind[] = [GITLAB];
