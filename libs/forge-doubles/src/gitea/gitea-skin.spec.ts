import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ForgeDouble } from '../base/forge-double.js';
import type { DoubleRepository } from '../base/double-repository.js';
import type { GiteaKind } from './dialect.js';
import { giteaSkin } from './gitea-skin.js';

const SHOP = '/repos/acme/shop';
const ALL = { repository: 'write', issue: 'write', user: 'write', permission: 'admin' };

describe.each<GiteaKind>(['gitea', 'forgejo'])('a double of %s', (kind) => {
  let double: ForgeDouble;
  let shop: DoubleRepository;
  let receiver: Server | undefined;
  beforeEach(async () => {
    double = await ForgeDouble.start(giteaSkin({ kind }));
    shop = await double.createRepository('acme/shop');
    double.accounts.grant('ada', { token: 'ada-token', kind: 'token', rights: ALL });
    await shop.commit({ branch: 'topic', from: 'main', files: { 'a.yaml': 'a: 1\n' } });
  });
  afterEach(async () => {
    await double.stop();
    receiver?.closeAllConnections();
    receiver?.close();
    receiver = undefined;
  });

  async function call(method: string, path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<{ readonly status: number; readonly body: Record<string, unknown>; readonly headers: Headers }> {
    const response = await fetch(`${double.url}/api/v1${path}`, { method, headers: { authorization: 'token ada-token', ...(body !== undefined && { 'content-type': 'application/json' }), ...headers }, ...(body !== undefined && { body: JSON.stringify(body) }) });
    const text = await response.text();
    return { status: response.status, body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>), headers: response.headers };
  }
  const open = (fields: object = {}) => call('POST', `${SHOP}/pulls`, { head: 'topic', base: 'main', title: 'Topic', body: '', ...fields });

  test.each([
    ['a route that it does not have', 'GET', `${SHOP}/secrets`, undefined],
    ['a parameter that nobody reads', 'GET', `${SHOP}/pulls?colour=red`, undefined],
    ['a field that nobody reads', 'POST', `${SHOP}/pulls`, { head: 'topic', base: 'main', title: 'T', draft: true }],
    ['a way to merge that there is not', 'POST', `${SHOP}/pulls/1/merge`, { Do: 'octopus' }],
    ['a state that there is not', 'POST', `${SHOP}/statuses/main`, { state: 'fine', context: 'x' }],
  ])('does not take %s', async (_, method, path, body) => {
    expect((await call(method, path, body)).status).toBeGreaterThanOrEqual(400);
    expect(double.unexpected()).toHaveLength(1);
  });

  interface Refused {
    readonly status: number;
    readonly asks: readonly [string, string, object?];
    readonly rights?: Readonly<Record<string, string>>;
    readonly authorization?: string;
  }
  test.each<[string, Refused]>([
    ['nobody', { status: 401, asks: ['GET', SHOP], authorization: 'token nobody' }],
    ['a basic login', { status: 401, asks: ['GET', SHOP], authorization: 'Basic YTpi' }],
    ['a token without the scope', { status: 403, asks: ['POST', `${SHOP}/pulls`, { head: 'topic', base: 'main', title: 'T' }], rights: { ...ALL, repository: 'read' } }],
    ['a token for repositories only', { status: 403, asks: ['GET', `${SHOP}/issues/1/timeline`], rights: { repository: 'write' } }],
    ['somebody who may only read', { status: 403, asks: ['POST', `${SHOP}/labels`, { name: 'x', color: '#ffffff' }], rights: { ...ALL, permission: 'read' } }],
    ['somebody who does not administrate', { status: 403, asks: ['GET', `${SHOP}/hooks`], rights: { ...ALL, permission: 'write' } }],
  ])('does not let %s in', async (_, { status, asks: [method, path, body], rights = ALL, authorization }) => {
    double.accounts.grant('ada', { token: 'ada-token', kind: 'token', rights });
    expect((await call(method, path, body, authorization === undefined ? {} : { authorization })).status).toBe(status);
  });

  test('opens one request of two branches and says what is in the way of another', async () => {
    expect((await open()).body).toMatchObject({ number: 1, state: 'open', merged: false, head: { label: 'topic', ref: 'topic' }, base: { ref: 'main' } });
    expect(await open()).toMatchObject({ status: 409, body: { message: expect.stringContaining('pull request already exists for these targets') as string } });
    expect((await open({ head: 'nowhere' })).status).toBe(404);
    expect((await open({ head: 'main' })).status).toBe(422);
    expect((await open({ title: '' })).status).toBe(422);
    expect(double.unexpected()).toEqual([]);
  });

  test('a draft is a title', async () => {
    const { body } = await open({ title: 'WIP: Topic' });
    expect(body['draft']).toBe(kind === 'gitea' ? true : undefined);
    expect(await call('POST', `${SHOP}/pulls/1/merge`, { Do: 'merge' })).toMatchObject({ status: 405, body: { message: 'Work in progress PRs cannot be merged' } });
    await call('PATCH', `${SHOP}/pulls/1`, { title: 'Topic' });
    expect((await call('POST', `${SHOP}/pulls/1/merge`, { Do: 'merge' })).status).toBe(200);
    expect((await call('POST', `${SHOP}/pulls/1/merge`, { Do: 'merge' })).status).toBe(405);
    expect((await call('PATCH', `${SHOP}/pulls/1`, { state: 'open' })).status).toBe(412);
  });

  test('nobody approves what is their own, and a review binds to a commit', async () => {
    await open();
    expect((await call('POST', `${SHOP}/pulls/1/reviews`, { event: 'APPROVED' })).status).toBe(422);
    const { body } = await call('POST', `${SHOP}/pulls/1/reviews`, { event: 'COMMENT', body: 'Hm' });
    expect(body).toMatchObject({ state: 'COMMENT', commit_id: await shop.git.head('topic'), stale: false });
  });

  test('lists say their end in their own ways', async () => {
    await open();
    for (let count = 0; count < 3; count += 1) await call('POST', `${SHOP}/pulls/1/reviews`, { event: 'COMMENT', body: 'Hm' });
    const reviews = await call('GET', `${SHOP}/pulls/1/reviews?limit=2`);
    expect([reviews.headers.get('link'), reviews.headers.get('x-total-count')]).toEqual([null, '3']);
    const timeline = await call('GET', `${SHOP}/issues/1/timeline`);
    expect([timeline.body, timeline.headers.get('x-total-count')]).toEqual([null, '0']);
    await shop.commit({ branch: 'other', from: 'main', files: { 'b.yaml': 'b: 1\n' } });
    await open({ head: 'other' });
    expect((await call('GET', `${SHOP}/pulls?limit=1`)).headers.get('link')).toContain(kind === 'gitea' ? double.url : 'forge.internal');
  });

  test('a hook of an unknown type is refused, and one that is taken tells of what it asked for', async () => {
    const got: (string | undefined)[] = [];
    receiver = createServer((request, response) => {
      got.push(String(request.headers[`x-${kind}-event-type`]));
      response.end();
    });
    await new Promise<void>((resolve) => void receiver?.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const hook = { type: kind, config: { url, content_type: 'json', secret: 's' }, events: ['pull_request'], active: true };
    expect((await call('POST', `${SHOP}/hooks`, { ...hook, type: kind === 'gitea' ? 'forgejo' : 'sourcehut' })).status).toBe(422);
    expect((await call('POST', `${SHOP}/hooks`, hook)).body).toMatchObject({ config: { url, content_type: 'json' } });
    await open();
    await shop.commit({ branch: 'topic', files: { 'c.yaml': 'c: 1\n' } });
    await double.deliveries.settled();
    expect(got).toEqual(['pull_request', 'pull_request_sync']);
  });
});
