import { Unauthenticated, Unavailable } from '@sluice/kernel';
import type { IdentityProvider, ProvenIdentity } from '@sluice/usecases';
import { createIdentityProvider, type ProviderOptions } from './create-identity-provider.js';
import { ProviderDouble, type Misbehaviour } from './provider-double.fixture.js';

const REDIRECT = 'https://sluice.example.org/oidc/callback';
const SECRET = 'client-s3cret-that-nobody-may-see';

describe('a provider of identities', () => {
  let double: ProviderDouble;
  beforeEach(async () => {
    double = await ProviderDouble.start();
  });
  afterEach(() => double.stop());

  const provider = (options: Partial<ProviderOptions> = {}): IdentityProvider =>
    createIdentityProvider({ issuer: double.issuer, clientId: 'sluice', clientSecret: SECRET, scopes: ['openid', 'groups'], redirectUri: REDIRECT, claims: { name: 'preferred_username', groups: 'groups' }, ...options });

  async function signIn(options: Partial<ProviderOptions> = {}, change: (back: URL) => void = () => undefined): Promise<ProvenIdentity> {
    const asked = provider(options);
    const { url, pending } = await asked.begin('/');
    const back = double.grant(url);
    change(back);
    return asked.finish(back.href, pending);
  }

  it('proves who somebody is, by a code, a verifier and the registered address', async () => {
    expect(await signIn()).toEqual({ issuer: double.issuer, subject: 's-1', wantedName: 'grace', displayName: 'Grace', email: 'grace@example.org', emailVerified: true, groups: ['sre'] });
    const [form] = double.asked;
    expect([form?.get('redirect_uri'), form?.get('code_verifier')?.length, form?.get('client_secret')]).toEqual([REDIRECT, 43, null]);
    expect(double.authorizations[0]).toMatch(/^Basic /);
  });

  it('is asked for the registered address whatever host the browser came by', async () => {
    await signIn({}, (back) => {
      back.host = 'evil.example';
    });
    expect(double.asked[0]?.get('redirect_uri')).toBe(REDIRECT);
  });

  it('is shown the secret in the way that it takes, or none', async () => {
    double.misbehaviour = { discovery: { token_endpoint_auth_methods_supported: ['client_secret_post'] } };
    await signIn();
    await signIn({ clientSecret: undefined });
    expect(double.asked.map((form) => form.get('client_secret'))).toEqual([SECRET, null]);
  });

  it('is asked again for what its token does not say, and its token goes before that', async () => {
    double.misbehaviour = { claims: ({ name: _name, groups: _groups, ...rest }) => ({ ...rest, email: 'token@example.org' }), userinfo: { groups: ['from-userinfo'], email: 'other@example.org' } };
    expect(await signIn()).toMatchObject({ displayName: 'Grace', groups: ['from-userinfo'], email: 'token@example.org' });
  });

  it.each<[string, unknown, readonly string[] | undefined]>([
    ['one text', 'sre', ['sre']],
    ['a list with other things in it', ['sre', 1, null, ''], ['sre']],
    ['an object', { a: 1 }, undefined],
    ['nothing', undefined, undefined],
  ])('has groups as %s', async (_, groups, read) => {
    double.account = { ...double.account, groups };
    expect((await signIn()).groups).toEqual(read);
  });

  it('has groups within objects', async () => {
    double.account = { ...double.account, realm_access: { roles: ['owner'] } };
    expect(await signIn({ claims: { name: 'preferred_username', groups: 'realm_access.roles' } })).toMatchObject({ groups: ['owner'] });
  });

  it('bears with clocks that are some seconds apart', async () => {
    double.misbehaviour = { claims: (good) => ({ ...good, iat: Number(good['iat']) + 15, exp: Number(good['exp']) - 75 }) };
    expect(await signIn()).toMatchObject({ subject: 's-1' });
  });

  it('does not prove an address that it does not vouch for', async () => {
    double.account = { ...double.account, email_verified: undefined };
    expect(await signIn()).toMatchObject({ emailVerified: false });
  });

  it.each<[string, Misbehaviour]>([
    ['for another sign-in (nonce)', { claims: (good) => ({ ...good, nonce: 'another' }) }],
    ['without a nonce', { claims: ({ nonce: _nonce, ...good }) => good }],
    ['for another client', { claims: (good) => ({ ...good, aud: 'another' }) }],
    ['for several clients, handed to another', { claims: (good) => ({ ...good, aud: ['sluice', 'another'], azp: 'another' }) }],
    ['of another issuer', { claims: (good) => ({ ...good, iss: 'https://evil.example' }) }],
    ['that has ended', { claims: (good) => ({ ...good, exp: Number(good['exp']) - 3_600 }) }],
    ['without a subject', { claims: ({ sub: _sub, ...good }) => good }],
    ['signed by another key', { sign: 'another key' }],
    ['that nobody has signed', { sign: 'not at all' }],
    ['of one person, and other words of another', { claims: ({ name: _name, ...good }) => good, userinfo: { sub: 's-2' } }],
    ['that is missing', { token: (response) => void response.writeHead(200, { 'content-type': 'application/json' }).end('{"access_token":"at","token_type":"Bearer"}') }],
  ])('is not believed a token %s', async (_, misbehaviour) => {
    double.misbehaviour = misbehaviour;
    await expect(signIn()).rejects.toBeInstanceOf(Unauthenticated);
  });

  it.each<[string, (back: URL) => void]>([
    ['another state', (back) => back.searchParams.set('state', 'another')],
    ['no state', (back) => back.searchParams.delete('state')],
    ['two states', (back) => back.searchParams.append('state', 'another')],
    ['another issuer (mix-up)', (back) => back.searchParams.set('iss', 'https://evil.example')],
    ['no issuer, of a provider that always names it', (back) => back.searchParams.delete('iss')],
    ['no code', (back) => back.searchParams.delete('code')],
    ['an unknown code', (back) => back.searchParams.set('code', 'guessed')],
    ['an error', (back) => back.searchParams.set('error', 'access_denied')],
  ])('is not believed an answer with %s', async (_, change) => {
    await expect(signIn({}, change)).rejects.toBeInstanceOf(Unauthenticated);
  });

  it('is not believed a code twice', async () => {
    const asked = provider();
    const { url, pending } = await asked.begin('/');
    const back = double.grant(url).href;
    await asked.finish(back, pending);
    await expect(asked.finish(back, pending)).rejects.toBeInstanceOf(Unauthenticated);
  });

  it.each<[string, Misbehaviour]>([
    ['breaks', { token: (response) => void response.writeHead(503).end() }],
    ['is cut off', { token: (response) => void response.destroy() }],
  ])('that %s is a reason to try again, and no secret is told', async (_, misbehaviour) => {
    double.misbehaviour = misbehaviour;
    const error = await signIn().catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Unavailable);
    expect(String(error)).not.toContain(SECRET);
  });

  it('that describes another issuer, or does not answer, is none; and is looked at again', async () => {
    const asked = provider();
    double.misbehaviour = { discovery: { issuer: 'https://evil.example' } };
    await expect(asked.begin('/')).rejects.toBeInstanceOf(Unavailable);
    double.misbehaviour = {};
    expect((await asked.begin('/')).url).toContain('code_challenge_method=S256');
  });
});
