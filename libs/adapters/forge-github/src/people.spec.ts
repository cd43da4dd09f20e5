import { Forbidden } from '@sluice/kernel';
import { describeForgePeopleContract } from '@sluice/testing';
import { createGithubWorld, type GithubWorld, ownAccount } from './github.fixture.js';

describeForgePeopleContract('GitHub', async () => {
  const world = await createGithubWorld();
  const { double } = world.github;
  return {
    people: world.forge.people,
    client: (redirectUri) => {
      const client = { id: 'Iv23-sluice', secret: 's3cret-of-the-client' };
      double.oauth.register({ ...client, redirectUri });
      return client;
    },
    signIn: (login) => void (double.oauth.signedIn = login),
    revoke: (login) => double.oauth.revoke(login),
    pass: (milliseconds) => void (world.ahead += milliseconds),
    token: (login) => ownAccount(world.github, login).value,
    rotates: true,
    remembered: () => JSON.stringify([...world.memory.entries]),
    stop: () => world.stop(),
  };
});

describe('people with classic tokens on GitHub', () => {
  let world: GithubWorld;
  beforeAll(async () => {
    world = await createGithubWorld();
  });
  afterAll(() => world.stop());

  it.each([['repo'], ['public_repo']])('may review with the scope %s', async (scope) => {
    expect(await world.forge.people.whose(world.github.token('ada', { scopes: ['read:user', scope] }).token)).toBe('ada');
  });

  it('are told which scope is missing', async () => {
    const asked = world.forge.people.whose(world.github.token('ada', { scopes: ['read:user'] }).token);
    await expect(asked).rejects.toThrow('lacks the scope repo');
    await expect(asked).rejects.toBeInstanceOf(Forbidden);
  });

  it('are asked below the instance\'s address, with nothing but what GitHub documents', () => {
    const url = world.forge.people.authorizeUrl({ id: 'Iv23', secret: 's3cret' }, { state: 'a-state-of-some-length', redirectUri: 'https://sluice.example/forge-accounts/callback', challenge: 'c'.repeat(43) });
    expect(url.origin + url.pathname).toBe(`${world.github.double.url}/login/oauth/authorize`);
    expect(Object.fromEntries(url.searchParams)).toEqual({ client_id: 'Iv23', redirect_uri: 'https://sluice.example/forge-accounts/callback', response_type: 'code', state: 'a-state-of-some-length', code_challenge: 'c'.repeat(43), code_challenge_method: 'S256' });
  });
});
