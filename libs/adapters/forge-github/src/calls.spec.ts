import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Busy, personName, Unavailable } from '@sluice/kernel';
import type { ForgeEvent, WebhookDelivery } from '@sluice/usecases';
import { createGithubWorld, type GithubWorld, ofApp, openedRequest, SHOP } from './github.fixture.js';
import { githubWebhooks } from './webhooks.js';

const TOKENS = 'POST /app/installations/{installation_id}/access_tokens';

describe('calls of GitHub', () => {
  let world: GithubWorld;
  let receiver: Server | undefined;
  beforeEach(async () => {
    world = await createGithubWorld({ credential: ofApp });
  });
  afterEach(async () => {
    receiver?.closeAllConnections();
    receiver?.close();
    receiver = undefined;
    await world.stop();
  });

  const fault = (...[rule]: Parameters<GithubWorld['github']['double']['faults']['inject']>): (() => void) => world.github.double.faults.inject(rule);

  /** Of the installation's token; the app itself has a quota of its own. */
  const used = (): number => [...world.github.state.used].find(([token]) => token.startsWith('ghs_'))?.[1] ?? 0;

  it('are at most five for a promotion, two for a gate and one for an approval', async () => {
    await world.forge.check(SHOP);
    await world.reviews.list(SHOP, (await openedRequest(world)).number);
    world.calls();
    const { number, head } = await openedRequest(world);
    await world.changes.update(SHOP, number, { body: 'Composed' });
    const { number: same } = await world.changes.get(SHOP, number);
    expect(sum(world.calls())).toBe(3);
    await world.statuses.set(SHOP, head, [{ context: 'sluice/soak', state: 'success', description: '', by: 'sluice' }]);
    await world.statuses.set(SHOP, head, [{ context: 'sluice/soak', state: 'success', description: '', by: 'sluice' }]);
    expect(sum(world.calls())).toBe(1);
    await world.reviews.submit(SHOP, number, { person: personName('ada'), state: 'approved', commit: head, body: '' });
    expect(sum(world.calls())).toBe(1);
    await world.changes.merge(SHOP, same, { expectedHead: head, by: 'ada' });
    expect(sum(world.calls())).toBe(1);
    await world.changes.get(SHOP, number);
    expect(sum(world.calls())).toBe(1);
  });

  it('are none to say where git finds a repository, however long nothing happens in it', async () => {
    await world.access.locate(SHOP);
    world.calls();
    world.ahead = 3 * 60 * 60_000;
    await world.access.locate(SHOP);
    expect(world.calls()).toEqual({ [TOKENS]: 1 });
  });

  it('cost no quota for what has not changed', async () => {
    const { number } = await openedRequest(world);
    await world.changes.get(SHOP, number);
    const before = used();
    for (let count = 0; count < 5; count += 1) await world.changes.get(SHOP, number);
    expect(used()).toBe(before);
    expect(world.github.double.log.calls().filter(({ status }) => status === 304)).toHaveLength(5);
  });

  it('end with the quota, and go on when there is a new one', async () => {
    const { number } = await openedRequest(world);
    world.github.state.limit.max = used() + 1;
    await world.changes.update(SHOP, number, { body: 'the last call' });
    world.calls();
    const failure = await world.changes.get(SHOP, number).then(() => undefined, (error: unknown) => error);
    expect(failure).toBeInstanceOf(Busy);
    expect((failure as Busy).until).toBeGreaterThan(Date.now());
    expect(sum(world.calls())).toBe(0);
    world.ahead = 61 * 60_000;
    expect(await world.changes.update(SHOP, number, { body: 'x' })).toMatchObject({ body: 'x' });
  });

  it('end also when others have used the quota up', async () => {
    const { number } = await openedRequest(world);
    world.github.state.limit.max = used();
    await expect(world.changes.update(SHOP, number, { body: 'x' })).rejects.toThrow(Busy);
    expect(world.shop.requests.get(number)?.body).toBe('Because.');
  });

  it.each([
    ['429', { status: 429, headers: { 'retry-after': '30' }, body: { message: 'You have exceeded a secondary rate limit.' } }, 30_000],
    ['403', { status: 403, body: { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.' } }, 60_000],
  ])('wait as long as a secondary limit says (%s)', async (_status, answer, wait) => {
    const { number } = await openedRequest(world);
    fault({ fault: { kind: 'answer', answer }, times: 1 });
    await expect(world.changes.get(SHOP, number)).rejects.toThrow(Busy);
    world.ahead = wait - 10_000;
    await expect(world.changes.get(SHOP, number)).rejects.toThrow(Busy);
    world.ahead = wait + 1_000;
    expect(await world.changes.get(SHOP, number)).toMatchObject({ number });
  });

  it.each([
    ['502', { kind: 'answer', answer: { status: 502 } }],
    ['503', { kind: 'answer', answer: { status: 503 } }],
    ['a broken connection', { kind: 'reset' }],
    ['a body that is cut off', { kind: 'cut off' }],
    ['half a document', { kind: 'half a body' }],
  ] as const)('are made again after %s when they only read', async (_what, one) => {
    const { number } = await openedRequest(world);
    fault({ fault: one, times: 2 });
    expect(await world.changes.get(SHOP, number)).toMatchObject({ number });
  });

  it('are not made again when they may have been done, and find what was done', async () => {
    const branch = 'sluice/lost';
    await world.commit({ branch, from: 'main', files: { 'lost.yaml': 'a: 1\n' } });
    const request = { title: 'x', body: '', sourceBranch: branch, targetBranch: 'main', draft: false };
    fault({ fault: { kind: 'lost answer' }, of: ({ method, path }) => method === 'POST' && path.endsWith('/pulls'), times: 1 });
    await expect(world.changes.open(SHOP, request)).rejects.toThrow(Unavailable);
    expect(world.shop.requests.size).toBe(1);
    expect(await world.changes.open(SHOP, request)).toMatchObject({ number: 1 });
    expect(world.shop.requests.size).toBe(1);
  });

  it('fail when a page in the middle of a list does', async () => {
    const { number, head } = await openedRequest(world);
    for (let count = 0; count < 130; count += 1) world.shop.setStatus({ commit: head, context: `c${count}`, state: 'success', description: '', extra: {} }, world.shop.parts.owner);
    let pages = 0;
    fault({ fault: { kind: 'half a body' }, of: ({ path }) => path.endsWith('/statuses') && ++pages > 1, times: 4 });
    await expect(world.statuses.list(SHOP, head)).rejects.toThrow(Unavailable);
    expect(number).toBeGreaterThan(0);
  });

  it('fail when an answer is not what GitHub documents', async () => {
    const { number } = await openedRequest(world);
    fault({ fault: { kind: 'answer', answer: { status: 200, body: { number: 'one' } } }, times: 1 });
    await expect(world.changes.get(SHOP, number)).rejects.toThrow(/not what it documents when asked to read #1/);
  });

  it('show no secret in any error, nor in an address', async () => {
    const { number, head } = await openedRequest(world);
    const secrets = [...Object.values(world.secret).filter((value) => typeof value === 'string' && value.length > 20), (await world.access.locate(SHOP)).credential?.password ?? ''] as string[];
    const errors: unknown[] = [];
    const answers = [401, 403, 404, 409, 422, 500].map((status) => ({ kind: 'answer' as const, answer: { status, body: { message: 'no' } } }));
    for (const one of [...answers, { kind: 'reset' as const }, { kind: 'lost answer' as const }]) {
      const stop = fault({ fault: one });
      const calls = [() => world.changes.get(SHOP, number), () => world.changes.update(SHOP, number, { title: 'x' }), () => world.changes.merge(SHOP, number, { expectedHead: head, by: 'ada' }), () => world.statuses.set(SHOP, head, [{ context: `c-${one.kind}`, state: 'success', description: '', by: 'x' }]), () => world.forge.hook(SHOP, { url: 'http://127.0.0.1:1/', secret: 'hook-secret-hook-secret' })];
      for (const call of calls) errors.push(await call().then(() => undefined, (error: unknown) => error));
      stop();
    }
    const texts = errors.filter((error) => error !== undefined).map(everything);
    expect(texts.length).toBeGreaterThan(30);
    for (const secret of [...secrets, 'hook-secret-hook-secret', 'Bearer ', 'token ghs']) for (const text of texts) expect(text).not.toContain(secret);
    expect(JSON.stringify(world.github.double.log.calls())).not.toContain(secrets.at(-1));
    expect([...world.memory.entries].flat().join()).not.toContain(secrets.at(-1));
  });

  it('are told to Sluice by webhooks, also before their own answer comes', async () => {
    const got: { readonly delivery: WebhookDelivery; readonly event: ForgeEvent }[] = [];
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const delivery = { headers: request.headers as Record<string, string>, body: Buffer.concat(chunks) };
        got.push({ delivery, event: githubWebhooks.read(delivery).event });
        response.end();
      });
    }).listen(0, '127.0.0.1');
    await once(receiver, 'listening');
    await world.forge.hook(SHOP, { url: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks`, secret: 'swordfish' });
    await world.github.double.deliveries.settled();
    expect(got.map(({ event }) => event)).toEqual([{ kind: 'nothing' }]);
    world.github.double.deliverFirst = true;
    const { number, head, branch } = await openedRequest(world);
    expect(got.map(({ event }) => event)).toContainEqual({ kind: 'request', number, sourceBranch: branch, targetBranch: 'main', by: 'sluice[bot]' });
    expect(got.map(({ event }) => event)).toContainEqual({ kind: 'push', ref: `refs/heads/${branch}`, after: head, by: 'acme', commits: [head] });
    await world.statuses.set(SHOP, head, [{ context: 'sluice/soak', state: 'success', description: '', by: 'x' }]);
    world.github.checkRun(world.shop, { commit: head, name: 'build' });
    await world.changes.merge(SHOP, number, { expectedHead: head, by: 'ada' });
    expect(got.flatMap(({ event }) => (event.kind === 'status' ? [event.context] : []))).toEqual(['sluice/soak', 'build']);
    for (const { delivery } of got) expect([await githubWebhooks.verify(delivery, 'swordfish'), await githubWebhooks.verify(delivery, 'other')]).toEqual([true, false]);
  });
});

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((all, count) => all + count, 0);
}

/** What anybody could print of an error. */
function everything(error: unknown): string {
  const { message, stack, cause, ...rest } = error as Error;
  return [message, stack, JSON.stringify(rest), JSON.stringify(error), cause === undefined ? '' : everything(cause)].join('\n');
}
