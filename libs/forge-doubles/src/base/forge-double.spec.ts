import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { DoubleRepository } from './double-repository.js';
import { GITHUB_OAUTH } from '../github/oauth-dialect.js';
import { ForgeDouble } from './forge-double.js';
import type { MergeMethod } from './merge-branches.js';
import { OauthPages } from './oauth-pages.js';
import { pageOf } from './paging.js';
import { ApiError, route } from './route.js';
import { runGit, tryGit } from './run-git.js';
import type { Skin } from './skin.js';
import type { World } from './world.js';

const SHOP = 'acme/shop';

/** A forge that no one has: as little as the base can be tried with. */
function plainSkin(world: World): Skin {
  const things = [3, 2, 1];
  return {
    conditional: true,
    oauth: new OauthPages(world, GITHUB_OAUTH),
    routes: [
      route({ method: 'GET', path: '/things', docs: 'none', query: z.strictObject({ page: z.coerce.number().default(1) }), handle: ({ url, query }) => ({ status: 200, ...named(pageOf(things, url, { page: query.page, size: 2 })) }) }),
      route({ method: 'POST', path: '/things', docs: 'none', body: z.strictObject({ thing: z.number() }), handle: ({ body }) => ({ status: 201, body: { count: things.push(body.thing) } }) }),
      route({
        method: 'GET',
        path: '/things/{thing}',
        docs: 'none',
        handle: ({ params }) => {
          throw new ApiError({ status: 404, body: { message: `no ${params['thing']}` } });
        },
      }),
    ],
    authenticate: ({ authorization = '' }) => world.accounts.of(authorization.replace('token ', ''), world.now()),
    gitRight: (grant) => (grant?.rights['contents'] ?? 'none') as 'none' | 'read' | 'write',
    refuse: (refusal, message) => ({ status: refusal === 'unauthenticated' ? 401 : 400, body: { refusal, message } }),
    payloads: (event, hook) => {
      const body = JSON.stringify({ kind: event.kind });
      return hook.events.includes(event.kind) ? [{ url: hook.url, body, headers: { 'x-signature': createHmac('sha256', hook.secret).update(body).digest('hex') } }] : [];
    },
  };
}

function named({ items, headers }: { readonly items: readonly number[]; readonly headers: Readonly<Record<string, string>> }): { readonly body: readonly number[]; readonly headers: Readonly<Record<string, string>> } {
  return { body: items, headers };
}

describe('a forge double', () => {
  let double: ForgeDouble;
  let shop: DoubleRepository;
  let receiver: Server | undefined;
  beforeEach(async () => {
    double = await ForgeDouble.start(plainSkin);
    shop = await double.createRepository(SHOP);
    double.accounts.grant('ada', { token: 'ada-token', kind: 'token', rights: { contents: 'write' } });
    double.accounts.grant('eve', { token: 'eve-token', kind: 'token', rights: { contents: 'read' } });
  });
  afterEach(async () => {
    receiver?.closeAllConnections();
    receiver?.close();
    await double.stop();
  });

  const call = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${double.url}${path}`, { ...init, headers: { authorization: 'token ada-token', ...init.headers } });
  const ada = () => double.accounts.add('ada');
  async function opened(name: string): Promise<NonNullable<ReturnType<DoubleRepository['openOf']>>> {
    await shop.commit({ branch: name, from: 'main', files: { [`${name}.yaml`]: 'on: true\n' }, message: `Add ${name}`, author: 'Grace' });
    return shop.open({ title: name, body: '', source: name, target: 'main', draft: false }, ada());
  }
  const order = (method: MergeMethod) => ({ method, by: ada(), message: 'Merged', isGood: (state: string) => state === 'success' });

  it('serves what its routes allow, page by page, and says unchanged to who knows it', async () => {
    const first = await call('/things');
    expect([first.status, await first.json()]).toEqual([200, [3, 2]]);
    expect(first.headers.get('link')).toContain(`<${double.url}/things?page=2>; rel="next"`);
    expect((await call('/things', { headers: { 'if-none-match': first.headers.get('etag') ?? '' } })).status).toBe(304);
    expect(double.log.counts()).toEqual({ 'GET /things': 2 });
    expect(double.unexpected()).toEqual([]);
  });

  it.each([
    ['a route that it does not have', '/nothing', {}],
    ['a parameter that the route does not take', '/things?color=red', {}],
    ['a field that the body does not have', '/things', { method: 'POST', body: '{"thing":1,"more":2}' }],
    ['no body where one is needed', '/things', { method: 'POST' }],
    ['a body that is not JSON', '/things', { method: 'POST', body: 'thing=1' }],
  ])('refuses %s and remembers it', async (_what, path, init) => {
    expect((await call(path, init)).status).toBe(400);
    expect(double.unexpected()).toHaveLength(1);
  });

  it('does not hold against a client what it could not know', async () => {
    expect((await call('/things/9')).status).toBe(404);
    expect((await call('/things', { headers: { authorization: 'token old' } })).status).toBe(401);
    expect(double.unexpected()).toEqual([]);
  });

  it('plays each fault', async () => {
    double.faults.inject({ fault: { kind: 'answer', answer: { status: 502, body: {} } }, times: 1 });
    expect((await call('/things')).status).toBe(502);
    for (const kind of ['reset', 'lost answer'] as const) {
      double.faults.inject({ fault: { kind }, times: 1 });
      await expect(call('/things', { method: 'POST', body: '{"thing":9}' })).rejects.toThrow();
    }
    double.faults.inject({ fault: { kind: 'cut off' }, times: 1 });
    await expect((await call('/things')).json()).rejects.toThrow();
    double.faults.inject({ fault: { kind: 'half a body' }, times: 1 });
    await expect((await call('/things')).json()).rejects.toThrow(/JSON/);
    expect(await (await call('/things', { method: 'POST', body: '{"thing":9}' })).json()).toEqual({ count: 5 });
  });

  it('answers git only what the smart protocol asks, says when git fails, and remembers no failure', async () => {
    double.accounts.grant('ada', { token: 'of-ada', kind: 'token', rights: { contents: 'write' } });
    const headers = { authorization: `Basic ${Buffer.from('ada:of-ada').toString('base64')}`, 'git-protocol': 'version=2:probe' };
    const statusOf = async (path: string, init: RequestInit = {}): Promise<number> => (await fetch(`${double.url}/${SHOP}.git/${path}`, { ...init, headers: { ...headers, ...init.headers } })).status;
    expect(await statusOf('info/refs')).toBe(404);
    expect(await statusOf('git-upload-pack', { method: 'POST', body: '0000', headers: { 'content-type': 'text/plain' } })).toBe(415);

    await rename(shop.git.gitDir, `${shop.git.gitDir}.away`);
    expect(await statusOf('info/refs?service=git-upload-pack')).toBe(500);
    expect(await statusOf('git-upload-pack', { method: 'POST', body: '0000', headers: { 'content-type': 'application/x-git-upload-pack-request' } })).toBe(500);
    await rename(`${shop.git.gitDir}.away`, shop.git.gitDir);
    expect(await statusOf('info/refs?service=git-upload-pack')).toBe(200);
  });

  it('lets git in by a token, as far as its rights go, and notes who pushed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-clone-'));
    const address = `${double.url}/${SHOP}.git`;
    const as = (token: string): string[] => ['-c', `http.extraHeader=Authorization: Basic ${Buffer.from(`x:${token}`).toString('base64')}`];
    expect((await tryGit([...as('nobody'), 'clone', '-q', address, 'no'], { cwd: folder })).code).not.toBe(0);
    await runGit([...as('eve-token'), 'clone', '-q', address, 'shop'], { cwd: folder });
    const cwd = join(folder, 'shop');
    await writeFile(join(cwd, 'a.yaml'), 'a: 1\n');
    await runGit(['add', '.'], { cwd });
    await runGit(['commit', '-q', '-m', 'Add a'], { cwd });
    expect((await tryGit([...as('eve-token'), 'push', '-q', 'origin', 'HEAD:topic'], { cwd })).stderr).toContain('403');
    await runGit([...as('ada-token'), 'push', '-q', address, 'HEAD:topic'], { cwd });
    expect(shop.pushes.at(-1)).toMatchObject({ ref: 'refs/heads/topic', by: { login: 'ada' }, after: await shop.git.head('topic') });
    await rm(folder, { recursive: true });
  });

  it.each([
    ['squash', 'Merged', 'ada'],
    ['rebase', 'Add topic', 'Grace'],
    ['merge', 'Merged', 'ada'],
  ] as const)('merges by %s', async (method, message, author) => {
    const request = await opened('topic');
    const base = await shop.commit({ branch: 'main', files: { 'other.yaml': 'b: 1\n' } });
    const result = await shop.merge(request, order(method));
    const head = await shop.git.head('main');
    expect(result).toEqual({ kind: 'merged', commit: head });
    const facts = await shop.git.facts(head ?? base);
    expect([facts.message.trim(), facts.author.name, facts.parents]).toEqual([message, author, method === 'merge' ? [base, request.head] : [base]]);
    expect(Object.keys(await shop.git.files(head ?? base)).sort()).toEqual(['README.md', 'other.yaml', 'topic.yaml']);
    expect(request).toMatchObject({ state: 'merged', ended: { commit: head, by: { login: 'ada' } } });
  });

  it.each(['squash', 'rebase', 'merge'] as const)('refuses a conflict by %s and leaves the target', async (method) => {
    const request = await opened('topic');
    const base = await shop.commit({ branch: 'main', files: { 'topic.yaml': 'on: false\n' } });
    expect(await shop.merge(request, order(method))).toEqual({ kind: 'refused', reason: 'conflict' });
    expect([await shop.git.head('main'), request.state]).toEqual([base, 'open']);
  });

  it('asks of a merge what the target is protected by', async () => {
    const request = await opened('topic');
    shop.protections.set('main', { checks: ['ci'], approvals: 1 });
    expect(await shop.merge(request, order('merge'))).toMatchObject({ reason: 'checks', missing: ['ci'] });
    shop.setStatus({ commit: request.head, context: 'ci', state: 'success', description: '', extra: {} }, ada());
    expect(await shop.merge(request, order('merge'))).toMatchObject({ reason: 'approvals', missing: ['1'] });
    shop.review(request, { state: 'approved', body: '' }, double.accounts.add('grace'));
    expect(await shop.merge(request, order('merge'))).toMatchObject({ kind: 'merged' });
  });

  it('follows the branches of an open request', async () => {
    const [moved, merged, gone] = [await opened('moved'), await opened('merged'), await opened('gone')];
    const head = await shop.commit({ branch: 'moved', files: { 'more.yaml': 'c: 1\n' } });
    await shop.setBranch('main', merged.head, ada());
    await shop.setBranch('gone', undefined, ada());
    expect([moved, merged, gone].map(({ state }) => state)).toEqual(['open', 'merged', 'closed']);
    expect(moved.head).toBe(head);
    expect(gone.head).toMatch(/^[0-9a-f]{40}$/);
  });

  it('deletes the branch after a merge where its owner wants that', async () => {
    shop.settings.deleteBranchOnMerge = true;
    await shop.merge(await opened('topic'), order('squash'));
    expect(await shop.git.head('topic')).toBeUndefined();
  });

  it('delivers webhooks over HTTP', async () => {
    const got: string[] = [];
    receiver = createServer((request, response) => {
      got.push(String(request.headers['x-signature']));
      response.end();
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
    shop.addHook({ url, secret: 'swordfish', events: ['request'], active: true, settings: {} }, ada());
    await opened('topic');
    await double.deliveries.settled();
    expect(got).toEqual([createHmac('sha256', 'swordfish').update('{"kind":"request"}').digest('hex')]);
  });
});
