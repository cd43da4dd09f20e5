import { InvalidInput, NotFound, personName, Unauthenticated } from '@sluice/kernel';
import { apiAddress } from './api-address.js';
import { createGithubWorld, type GithubWorld, ofApp, openedRequest, SHOP, tokenOf } from './github.fixture.js';

const MINUTE = 60_000;
const TOKENS = 'POST /app/installations/{installation_id}/access_tokens';

describe('an app of GitHub', () => {
  let world: GithubWorld;
  beforeEach(async () => {
    world = await createGithubWorld({ credential: ofApp });
  });
  afterEach(() => world.stop());

  const pull = (): Promise<unknown> => world.changes.list(SHOP, { limit: 1 });

  it('finds its installation and makes one token, however many calls begin at once', async () => {
    await Promise.all([pull(), pull(), pull(), pull()]);
    expect(world.calls()).toMatchObject({ [TOKENS]: 1, 'GET /repos/{owner}/{repo}/pulls': 4 });
    await pull();
    expect(world.calls()).toEqual({ 'GET /repos/{owner}/{repo}/pulls': 1 });
  });

  it('makes another token before the one that it has ends, once for all who wait', async () => {
    await pull();
    world.ahead = 54 * MINUTE;
    await pull();
    expect(world.calls()).toMatchObject({ [TOKENS]: 1 });
    world.ahead = 56 * MINUTE;
    await Promise.all([pull(), pull(), pull()]);
    expect(world.calls()).toMatchObject({ [TOKENS]: 1, 'GET /repos/{owner}/{repo}/pulls': 3 });
  });

  it('gives git a token that lives long enough', async () => {
    const { credential } = await world.access.locate(SHOP);
    expect(credential).toMatchObject({ username: 'x-access-token', password: expect.stringMatching(/^ghs_/) as string });
    world.ahead = 56 * MINUTE;
    expect((await world.access.locate(SHOP)).credential?.password).not.toBe(credential?.password);
  });

  it('makes another token when the one that it has was taken back, and does what was asked', async () => {
    world.github.double.accounts.revoke((await world.access.locate(SHOP)).credential?.password ?? '');
    expect(await pull()).toEqual([]);
  });

  it.each([-2, -30, 2, 90])('proves itself and keeps its token although the clock of Sluice is wrong by %d minutes', async (minutes) => {
    world.wrong = minutes * MINUTE;
    for (let times = 0; times < 3; times += 1) expect(await pull()).toEqual([]);
    expect(world.calls()[TOKENS] ?? 0).toBeLessThanOrEqual(2);
    world.wrong = 0;
    world.ahead = 56 * MINUTE;
    expect(await pull()).toEqual([]);
  });

  it('says who it is', async () => {
    const { number } = await openedRequest(world);
    await world.changes.close(SHOP, number, { by: 'ada' });
    expect(await world.changes.get(SHOP, number)).toMatchObject({ closedBy: 'sluice[bot]' });
  });

  it('says where it is not installed', async () => {
    const { app, privateKey } = world.github.app('elsewhere');
    world.github.install(app, 'another-owner');
    world.secret = { kind: 'app', appId: app.id, privateKey };
    await expect(pull()).rejects.toThrow(NotFound);
    await expect(pull()).rejects.toThrow(/not installed on acme\/shop/);
  });

  it('looks for its installation again when that was removed and made anew', async () => {
    await pull();
    const [app] = [...world.github.state.apps.values()];
    app?.installations.clear();
    if (app) world.github.install(app, 'acme');
    world.ahead = 56 * MINUTE;
    await expect(pull()).rejects.toThrow(Unauthenticated);
    expect(await pull()).toEqual([]);
  });

  it('is refused with a key that GitHub does not know', async () => {
    const { privateKey } = world.github.app('another');
    if (world.secret.kind === 'app') world.secret = { ...world.secret, privateKey };
    await expect(pull()).rejects.toThrow(Unauthenticated);
    await expect(pull()).rejects.toThrow(/sluice credential rotate/);
  });

  it.each(['no key', '-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----'])('says that %j is no key without repeating it', async (privateKey) => {
    if (world.secret.kind === 'app') world.secret = { ...world.secret, privateKey };
    const failure = pull();
    await expect(failure).rejects.toThrow(InvalidInput);
    await expect(failure).rejects.not.toThrow(/MIIabc|no key"/);
  });
});

describe('a token of GitHub', () => {
  let world: GithubWorld;
  beforeEach(async () => {
    world = await createGithubWorld();
  });
  afterEach(() => world.stop());

  it('is asked for with every call, so that another one is used as soon as it is there', async () => {
    const { number } = await openedRequest(world);
    if (world.secret.kind === 'token') world.github.double.accounts.revoke(world.secret.token);
    await expect(world.changes.get(SHOP, number)).rejects.toThrow(Unauthenticated);
    world.secret = tokenOf(world.github.token('sluice', {}));
    expect(await world.changes.get(SHOP, number)).toMatchObject({ number });
  });

  it('of another account does not make that account\'s comments our own', async () => {
    const { number, head } = await openedRequest(world);
    await world.reviews.submit(SHOP, number, { person: personName('grace'), state: 'approved', commit: head, body: '' });
    world.secret = tokenOf(world.github.token('mallory', {}));
    expect(await world.reviews.list(SHOP, number)).toEqual([]);
  });

  it('that GitHub does not know is named as such, not as a missing repository', async () => {
    world.secret = { kind: 'token', token: 'ghp_forgotten' };
    await expect(world.forge.check(SHOP)).rejects.toThrow(Unauthenticated);
    await expect(world.changes.get(SHOP, 1)).rejects.toThrow(/not valid any more/);
  });
});

describe('the address of the API', () => {
  it.each([
    ['https://github.com', 'https://api.github.com', 'https://api.github.com/graphql'],
    ['https://acme.ghe.com', 'https://api.acme.ghe.com', 'https://api.acme.ghe.com/graphql'],
    ['https://git.example.org', 'https://git.example.org/api/v3', 'https://git.example.org/api/graphql'],
    ['https://example.org/github', 'https://example.org/github/api/v3', 'https://example.org/github/api/graphql'],
    ['https://github.com.evil.example', 'https://github.com.evil.example/api/v3', 'https://github.com.evil.example/api/graphql'],
  ])('of %s', (url, rest, graphql) => {
    expect(apiAddress(url)).toEqual({ rest, graphql });
  });
});
