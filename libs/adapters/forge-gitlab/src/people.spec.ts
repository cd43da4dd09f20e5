import { Forbidden, instant } from '@sluice/kernel';
import { describeForgePeopleContract } from '@sluice/testing';
import { ownAccount, startGitlab, type TestGitlab } from './gitlab.fixture.js';

describeForgePeopleContract('GitLab', async () => {
  const gitlab = await startGitlab();
  let ahead = 0;
  const clock = () => instant(Date.now() + ahead);
  gitlab.double.now = clock;
  return {
    people: gitlab.again({ clock }).people,
    client: (redirectUri) => {
      const client = { id: 'sluice-at-gitlab', secret: 's3cret-of-the-client' };
      gitlab.double.oauth.register({ ...client, redirectUri });
      return client;
    },
    signIn: (login) => void (gitlab.double.oauth.signedIn = login),
    revoke: (login) => gitlab.double.oauth.revoke(login),
    pass: (milliseconds) => void (ahead += milliseconds),
    token: (login) => ownAccount(gitlab, login).value,
    rotates: true,
    remembered: () => JSON.stringify([...gitlab.memory.entries]),
    stop: () => gitlab.stop(),
  };
});

describe('people on GitLab with a token that does not do', () => {
  let gitlab: TestGitlab;
  beforeAll(async () => {
    gitlab = await startGitlab();
  });
  afterAll(() => gitlab.stop());

  it('are told which scope is missing', async () => {
    gitlab.double.accounts.grant('ada', { token: 'glpat-that-reads', kind: 'personal', rights: { scopes: 'read_api,read_user' } });
    const asked = gitlab.people.whose('glpat-that-reads');
    await expect(asked).rejects.toThrow('lacks the scope api');
    await expect(asked).rejects.toBeInstanceOf(Forbidden);
  });
});
