import { requestOf } from './surroundings.js';

/** What runners of Gitea and Forgejo set as well, with values of their own. */
const ACTIONS = { GITHUB_ACTIONS: 'true', GITHUB_API_URL: 'https://git.example.org/api/v1', GITHUB_REPOSITORY: 'acme/shop', GITHUB_REF: 'refs/pull/12/head' };
const PLACE = { api: 'https://git.example.org/api/v1', project: 'acme/shop', number: 12 };

describe('the request that a job is for', () => {
  it.each([
    ['github', {}],
    ['gitea', { GITEA_ACTIONS: 'true' }],
    ['forgejo', { GITEA_ACTIONS: 'true', FORGEJO_ACTIONS: 'true' }],
  ])('is known on %s by its variables', async (forge, more) => {
    expect(await requestOf({ ...ACTIONS, ...more })).toEqual({ forge, ...PLACE });
  });

  it('is known on GitLab, and nowhere else', async () => {
    expect(await requestOf({ GITLAB_CI: 'true', CI_API_V4_URL: 'https://gitlab.com/api/v4', CI_MERGE_REQUEST_PROJECT_ID: '5', CI_MERGE_REQUEST_IID: '12' })).toEqual({ forge: 'gitlab', api: 'https://gitlab.com/api/v4', project: '5', number: 12 });
    expect(await requestOf({})).toEqual({});
  });

  it('has no number in a job of a branch', async () => {
    expect(await requestOf({ ...ACTIONS, GITEA_ACTIONS: 'true', GITHUB_REF: 'refs/heads/main' })).toEqual({ forge: 'gitea', api: PLACE.api, project: PLACE.project });
  });
});
