import { createHash } from 'node:crypto';
import { giteaSkin } from '../gitea/gitea-skin.js';
import { startGithubDouble } from '../github/github-double.js';
import { GitlabSkin } from '../gitlab/gitlab-skin.js';
import { ForgeDouble } from './forge-double.js';

const REDIRECT = 'https://sluice.example/callback';
const VERIFIER = 'v'.repeat(43);
const APP = { id: 'client-1', secret: 's3cret', redirectUri: REDIRECT };
type Fields = Readonly<Record<string, string | undefined>>;

interface Forge {
  readonly start: () => Promise<ForgeDouble>;
  readonly authorize: string;
  readonly token: string;
  readonly scope?: string;
  /** What is said of a code that is none. */
  readonly refusal: readonly [number, string];
}

describe.each<[string, Forge]>([
  ['GitHub', { start: async () => (await startGithubDouble()).double, authorize: '/login/oauth/authorize', token: '/login/oauth/access_token', refusal: [200, 'bad_verification_code'] }],
  ['GitLab', { start: () => ForgeDouble.start((world) => new GitlabSkin(world)), authorize: '/oauth/authorize', token: '/oauth/token', scope: 'api', refusal: [400, 'invalid_grant'] }],
  ['Gitea', { start: () => ForgeDouble.start(giteaSkin({ kind: 'gitea' })), authorize: '/login/oauth/authorize', token: '/login/oauth/access_token', scope: 'write:repository read:user', refusal: [400, 'unauthorized_client'] }],
])('the pages of a double of %s on which people allow others to act for them', (_, forge) => {
  let double: ForgeDouble;
  beforeAll(async () => {
    double = await forge.start();
    double.oauth.register(APP);
  });
  afterAll(() => double.stop());
  beforeEach(() => void (double.oauth.signedIn = 'ada'));

  function ask(changes: Fields = {}): Promise<Response> {
    const fields: Fields = { client_id: APP.id, redirect_uri: REDIRECT, response_type: 'code', state: 'a-state-nobody-guesses', code_challenge: createHash('sha256').update(VERIFIER).digest('base64url'), code_challenge_method: 'S256', scope: forge.scope, ...changes };
    return fetch(`${double.url}${forge.authorize}?${encoded(fields)}`, { redirect: 'manual' });
  }
  async function codeOf(answer: Promise<Response>): Promise<string> {
    return new URL((await answer).headers.get('location') ?? '').searchParams.get('code') ?? '';
  }
  async function exchange(code: string, changes: Fields = {}, headers: Readonly<Record<string, string>> = {}): Promise<readonly [number, string]> {
    const fields: Fields = { grant_type: 'authorization_code', client_id: APP.id, client_secret: APP.secret, code, redirect_uri: REDIRECT, code_verifier: VERIFIER, ...changes };
    const response = await fetch(double.url + forge.token, { method: 'POST', headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8', ...headers }, body: encoded(fields) });
    const { error, token_type: type } = (await response.json()) as Readonly<Record<string, string | undefined>>;
    return [response.status, error ?? type?.toLowerCase() ?? ''];
  }
  function encoded(fields: Fields): string {
    return new URLSearchParams(Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))).toString();
  }
  function strange(): number {
    return double.unexpected().length;
  }

  it('send the browser back with a code that gives a token one time', async () => {
    const code = await codeOf(ask());
    expect(await exchange(code)).toEqual([200, 'bearer']);
    expect(await exchange(code)).toEqual(forge.refusal);
    expect(strange()).toBe(0);
  });

  it('send it back without one when the person says no', async () => {
    double.oauth.signedIn = undefined;
    const back = new URL((await ask()).headers.get('location') ?? '');
    expect([back.searchParams.get('error'), back.searchParams.get('state'), back.searchParams.get('code')]).toEqual(['access_denied', 'a-state-nobody-guesses', null]);
  });

  it.each<[string, Fields]>([
    ['a client that nobody registered', { client_id: 'another' }],
    ['an address that is not the client\'s', { redirect_uri: 'https://evil.example/callback' }],
  ])('send nobody anywhere for %s', async (_case, changes) => {
    const { status, headers } = await ask(changes);
    expect([status >= 400, headers.get('location')]).toEqual([true, null]);
    expect(strange()).toBe(0);
  });

  it('take a code no more after ten minutes, nor after a wrong verifier', async () => {
    const late = await codeOf(ask());
    const now = Date.now() + 11 * 60_000;
    double.now = () => now;
    expect(await exchange(late)).toEqual(forge.refusal);
    double.now = () => Date.now();
    const code = await codeOf(ask());
    for (const changes of [{ code_verifier: 'w'.repeat(43) }, {}]) expect((await exchange(code, changes))[1]).toBe(forge.refusal[1]);
    expect(strange()).toBe(0);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['no state', () => ask({ state: undefined })],
    ['a challenge that anybody can read', () => ask({ code_challenge_method: 'plain' })],
    ['no challenge', () => ask({ code_challenge: undefined })],
    ['a parameter that nobody documents', () => ask({ access_type: 'offline' })],
    ['a scope that there is not', () => ask({ scope: 'everything' })],
    ['a field that nobody documents', () => exchange('x', { audience: 'x' })],
    ['no verifier', () => exchange('x', { code_verifier: undefined })],
    ['another grant', () => exchange('x', { grant_type: 'password' })],
    ['a client that wants another form of answer', () => exchange('x', {}, { accept: '*/*' })],
    ['a form that does not say so', () => exchange('x', {}, { 'content-type': 'text/plain' })],
  ])('take %s for a mistake', async (_case, work) => {
    const before = strange();
    await work();
    expect(strange()).toBe(before + 1);
  });
});
