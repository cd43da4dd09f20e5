import { Forbidden, instant } from '@sluice/kernel';
import { describeForgePeopleContract } from '@sluice/testing';
import { ownAccount, startGitea, type TestGitea } from './gitea.fixture.js';

describe.each(['gitea', 'forgejo'] as const)('%s', (kind) => {
  describeForgePeopleContract(kind, async () => {
    const forge = await startGitea(kind);
    let ahead = 0;
    const clock = () => instant(Date.now() + ahead);
    forge.double.now = clock;
    return {
      people: forge.connect({ clock }).people,
      client: (redirectUri) => {
        const client = { id: '0a1b-sluice', secret: 'gto_s3cret-of-the-client' };
        forge.double.oauth.register({ ...client, redirectUri });
        return client;
      },
      signIn: (login) => void (forge.double.oauth.signedIn = login),
      revoke: (login) => forge.double.oauth.revoke(login),
      pass: (milliseconds) => void (ahead += milliseconds),
      token: (login) => ownAccount(forge.double, login).value,
      rotates: false,
      remembered: () => JSON.stringify([...forge.memory.entries]),
      stop: async () => {
        const unexpected = forge.double.unexpected();
        await forge.stop();
        expect(unexpected).toEqual([]);
      },
    };
  });

  describe('people with a token that does not do', () => {
    let forge: TestGitea;
    beforeAll(async () => {
      forge = await startGitea(kind);
    });
    afterAll(() => forge.stop());

    test('are told which scope is missing', async () => {
      forge.double.accounts.grant('ada', { token: 'a-token-without-user', kind: 'token', rights: { repository: 'write' } });
      const asked = forge.forge.people.whose('a-token-without-user');
      await expect(asked).rejects.toThrow('lacks the scope read:user');
      await expect(asked).rejects.toBeInstanceOf(Forbidden);
    });
  });
});
