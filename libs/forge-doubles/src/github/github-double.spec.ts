import { createHmac, createSign } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { DoubleRepository } from '../base/double-repository.js';
import { type GithubDouble, startGithubDouble } from './github-double.js';
import { EVERY_PERMISSION } from './permissions.js';

const HEADERS = { accept: 'application/vnd.github+json', 'x-github-api-version': '2022-11-28', 'user-agent': 'test' };

describe('a double of GitHub', () => {
  let github: GithubDouble;
  let shop: DoubleRepository;
  let receiver: Server | undefined;
  beforeEach(async () => {
    github = await startGithubDouble();
    shop = await github.double.createRepository('acme/shop');
    github.token('ada', {});
  });
  afterEach(async () => {
    receiver?.closeAllConnections();
    receiver?.close();
    await github.stop();
  });

  const call = (path: string, { token = 'github_pat_ada1', headers = {}, ...init }: RequestInit & { readonly token?: string } = {}): Promise<Response> =>
    fetch(`${github.double.url}/api/v3/${path}`, { ...init, headers: { ...HEADERS, authorization: `Bearer ${token}`, ...(init.body ? { 'content-type': 'application/json' } : {}), ...headers } });
  const post = (path: string, body: unknown): Promise<Response> => call(path, { method: 'POST', body: JSON.stringify(body) });
  async function opened(): Promise<number> {
    await shop.commit({ branch: 'topic', from: 'main', files: { 'topic.yaml': 'on: true\n' } });
    const response = await post('repos/acme/shop/pulls', { title: 'Topic', head: 'topic', base: 'main' });
    return ((await response.json()) as { number: number }).number;
  }

  it.each([
    ['a route that GitHub does not have', () => call('repos/acme/shop/merge-requests')],
    ['a query parameter that the route does not have', () => call('repos/acme/shop/pulls?stat=all')],
    ['a value that the parameter does not have', () => call('repos/acme/shop/pulls?state=merged')],
    ['a page that is no number', () => call('repos/acme/shop/pulls?page=two')],
    ['a field that the body does not have', () => post('repos/acme/shop/pulls', { title: 'x', head: 'topic', base: 'main', target: 'main' })],
    ['a body without a field that it needs', () => post('repos/acme/shop/pulls', { title: 'x', head: 'topic' })],
    ['a field of another type', () => post('repos/acme/shop/pulls', { title: 'x', head: 'topic', base: 'main', draft: 'yes' })],
    ['a merge method that there is not', () => call('repos/acme/shop/pulls/1/merge', { method: 'PUT', body: '{"merge_method":"fast-forward"}' })],
    ['a status in another word', () => post(`repos/acme/shop/statuses/${'0'.repeat(40)}`, { state: 'running' })],
    ['no version of the API', () => call('repos/acme/shop', { headers: { 'x-github-api-version': '' } })],
    ['another media type', () => call('repos/acme/shop', { headers: { accept: 'application/json' } })],
  ])('refuses %s and remembers it', async (_what, send) => {
    expect((await send()).status).toBeGreaterThanOrEqual(400);
    expect(github.double.unexpected()).toHaveLength(1);
  });

  it('refuses any GraphQL but the two mutations', async () => {
    const graphql = (query: string): Promise<Response> => fetch(`${github.double.url}/api/graphql`, { method: 'POST', headers: { ...HEADERS, 'content-type': 'application/json', authorization: 'Bearer github_pat_ada1' }, body: JSON.stringify({ query, variables: { id: 'x' } }) });
    expect((await graphql('query { viewer { login } }')).status).toBe(422);
    expect(github.double.unexpected()).toHaveLength(1);
  });

  it('does not hold against a client what it could not know', async () => {
    const number = await opened();
    const statuses = [call('repos/acme/nothing'), call('repos/acme/shop/pulls/99'), call('repos/acme/shop', { token: 'old' }), post('repos/acme/shop/pulls', { title: 'x', head: 'topic', base: 'main' }), call(`repos/acme/shop/pulls/${number}/merge`, { method: 'PUT', body: JSON.stringify({ sha: 'f'.repeat(40) }) })];
    expect((await Promise.all(statuses)).map(({ status }) => status)).toEqual([404, 404, 401, 422, 409]);
    expect(github.double.unexpected()).toEqual([]);
  });

  it('takes reviews of those who have not opened the request, for the commit that they say', async () => {
    const number = await opened();
    github.token('grace', {});
    const review = (body: unknown, token?: string): Promise<Response> => call(`repos/acme/shop/pulls/${number}/reviews`, { method: 'POST', body: JSON.stringify(body), ...(token !== undefined && { token }) });
    expect((await review({ event: 'APPROVE' })).status).toBe(422);
    expect((await review({ event: 'REQUEST_CHANGES' }, 'github_pat_grace2')).status).toBe(422);
    const head = await shop.git.head('topic');
    const answer = await review({ event: 'APPROVE', commit_id: head }, 'github_pat_grace2');
    expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ state: 'APPROVED', commit_id: head, user: expect.objectContaining({ login: 'grace' }) as unknown })]);
    expect(github.double.unexpected()).toEqual([]);
  });

  it('tells a token that lacks a permission which one, and shows a classic one nothing', async () => {
    const { pull_requests: _, ...permissions } = EVERY_PERMISSION;
    github.token('eve', { permissions });
    github.token('old', { scopes: ['read:user'] });
    const refused = await call('repos/acme/shop/pulls', { token: 'github_pat_eve2' });
    expect([refused.status, refused.headers.get('x-accepted-github-permissions')]).toEqual([403, 'pull_requests=read']);
    const hidden = await call('repos/acme/shop/pulls', { token: 'ghp_old3' });
    expect([hidden.status, hidden.headers.get('x-oauth-scopes')]).toEqual([404, 'read:user']);
  });

  it('takes the proof of an app only when it is signed by its key, and current', async () => {
    const { app, privateKey } = github.app('sluice');
    const now = Math.floor(Date.now() / 1_000);
    const status = async (claims: Readonly<Record<string, unknown>>, key = privateKey): Promise<number> => (await call('app', { token: signed(claims, key) })).status;
    const good = { iss: String(app.id), iat: now - 60, exp: now + 500 };
    expect(await status(good)).toBe(200);
    for (const claims of [{ ...good, exp: now + 900 }, { ...good, exp: now - 1 }, { ...good, iat: now + 120 }, { ...good, iss: '1' }]) expect(await status(claims)).toBe(401);
    expect(await status(good, github.app('other').privateKey)).toBe(401);
  });

  it('counts a quota of each token, in which what has not changed costs nothing', async () => {
    const first = await call('repos/acme/shop');
    const again = await call('repos/acme/shop', { headers: { 'if-none-match': first.headers.get('etag') ?? '' } });
    expect([again.status, first.headers.get('x-ratelimit-used'), again.headers.get('x-ratelimit-used')]).toEqual([304, '1', '1']);
    github.state.limit.max = 1;
    const refused = await call('repos/acme/shop');
    expect([refused.status, refused.headers.get('x-ratelimit-remaining')]).toEqual([403, '0']);
  });

  it('signs its webhooks', async () => {
    const got: { readonly event: unknown; readonly right: boolean }[] = [];
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const expected = `sha256=${createHmac('sha256', 'swordfish').update(Buffer.concat(chunks)).digest('hex')}`;
        got.push({ event: request.headers['x-github-event'], right: request.headers['x-hub-signature-256'] === expected });
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    expect((await post('repos/acme/shop/hooks', { config: { url, secret: 'swordfish', content_type: 'json' }, events: ['pull_request'] })).status).toBe(201);
    await opened();
    await github.double.deliveries.settled();
    expect(got).toEqual([
      { event: 'ping', right: true },
      { event: 'pull_request', right: true },
    ]);
  });
});

function signed(claims: Readonly<Record<string, unknown>>, key: string): string {
  const encoded = [{ alg: 'RS256', typ: 'JWT' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
  return `${encoded}.${createSign('RSA-SHA256').update(encoded).sign(key, 'base64url')}`;
}
