import { Busy, Forbidden, Unavailable, instant } from '@sluice/kernel';
import { fakeForgeMemory } from '@sluice/testing';
import { createForgeFetch, type ForgeCall, type ForgeFetchOptions } from './forge-fetch.js';
import { cutOff, halfJson, hangUp, json, silence, startSmallForge, unwell, type SmallForge } from './forge.fixture.js';

const SECRET = 'glpat-s3cret-value';
let forge: SmallForge;
beforeAll(async () => {
  forge = await startSmallForge();
});
afterAll(() => forge.stop());

function setUp(options: Partial<ForgeFetchOptions> = {}) {
  const memory = fakeForgeMemory();
  const calls: ForgeCall[] = [];
  const clock = () => instant(Date.now());
  const ask = createForgeFetch({ fetch, memory, clock, onCall: (call) => calls.push(call), ...options });
  const get = (path = '/', init: RequestInit = {}) => ask(forge.url + path, { ...init, headers: { authorization: `token ${SECRET}`, ...(init.headers as Record<string, string>) } });
  return { memory, calls, ask, get };
}

test('an answer is what the forge said, also when it said no', async () => {
  forge.reply(json({ message: 'no such thing' }, { status: 404, headers: { 'x-kind': 'a' } }));
  const { get, calls } = setUp();
  const answer = await get('/repos/ada/shop/pulls/7');
  expect([answer.status, answer.headers.get('x-kind'), answer.url]).toEqual([404, 'a', `${forge.url}/repos/ada/shop/pulls/7`]);
  expect(await answer.json()).toEqual({ message: 'no such thing' });
  expect(calls).toEqual([{ method: 'GET', route: '/repos/:owner/:repo/pulls/:number', status: 404, rate: {} }]);
});

test('a write carries its body and headers', async () => {
  forge.reply(json({}, { status: 201 }));
  await setUp().get('/pulls', { method: 'POST', body: '{"title":"ä"}', headers: { 'content-type': 'application/json' } });
  expect(forge.asked).toMatchObject([{ method: 'POST', body: '{"title":"ä"}', headers: { 'content-type': 'application/json', authorization: `token ${SECRET}` } }]);
});

test('an answer without a body has none', async () => {
  forge.reply((_, response) => response.writeHead(204).end());
  expect((await setUp().get('/x', { method: 'DELETE' })).status).toBe(204);
});

test('what came compressed is given plain', async () => {
  const { gzipSync } = await import('node:zlib');
  forge.reply((_, response) => response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(gzipSync('{"a":1}')));
  const answer = await setUp().get();
  expect([await answer.json(), answer.headers.get('content-encoding')]).toEqual([{ a: 1 }, null]);
});

describe('faults', () => {
  const passing = [unwell(502), unwell(503), unwell(504), hangUp, cutOff, halfJson] as const;
  const names = ['502', '503', '504', 'a connection that is closed', 'an answer that is cut off', 'half a document'];

  test.each(passing.map((reply, index) => [names[index], reply] as const))('%s is asked again, and again', async (_, reply) => {
    forge.reply(reply, reply, json({ fine: true }));
    expect(await (await setUp().get()).json()).toEqual({ fine: true });
    expect(forge.asked.length).toBe(3);
  });

  test.each(passing.map((reply, index) => [names[index], reply] as const))('%s ends after three attempts', async (_, reply) => {
    forge.reply(reply);
    const { get, calls } = setUp();
    await expect(get()).rejects.toThrow(Unavailable);
    expect([forge.asked.length, calls.length]).toEqual([3, 3]);
  });

  test.each(passing.map((reply, index) => [names[index], reply] as const))('%s of a write is not asked again, since it may have been done', async (_, reply) => {
    forge.reply(reply);
    await expect(setUp().get('/pulls', { method: 'POST', body: '{}' })).rejects.toThrow(Unavailable);
    expect(forge.asked.length).toBe(1);
  });

  test('a fault of the forge itself is not asked again at once', async () => {
    forge.reply(unwell(500));
    await expect(setUp().get()).rejects.toThrow(/answers with status 500/);
    expect(forge.asked.length).toBe(1);
  });

  test('a fault that the forge explains is explained', async () => {
    forge.reply(json({ message: `is blocked by an open dependency (${SECRET})` }, { status: 500 }));
    await expect(setUp().get()).rejects.toThrow(/answers with status 500: is blocked by an open dependency \(…\)/);
  });

  test('silence ends at the deadline', async () => {
    forge.reply(silence);
    await expect(setUp({ limits: { deadline: 100 } }).get()).rejects.toThrow(/has not answered within 0.1 s/);
  });

  test('who does not want it any more gets his own reason', async () => {
    forge.reply(silence);
    await expect(setUp().get('/', { signal: AbortSignal.abort(new Error('stopping')) })).rejects.toThrow('stopping');
  });

  test('a longer answer than wanted is not read', async () => {
    forge.reply(json('x'.repeat(2_000)));
    await expect(setUp({ limits: { maxBytes: 1_000 } }).get()).rejects.toThrow(/longer than 1000 bytes/);
    forge.reply((_, response) => response.writeHead(200).end('x'.repeat(2_000)));
    await expect(setUp({ limits: { maxBytes: 1_000 } }).get()).rejects.toThrow(/longer than 1000 bytes/);
  });

  test('an address that the way out refuses is refused, and not asked again', async () => {
    const refuse = () => Promise.reject(new TypeError('fetch failed', { cause: new Forbidden('10.0.0.1 is at an address that this server does not ask') }));
    await expect(setUp({ fetch: refuse }).get()).rejects.toThrow(Forbidden);
  });
});

describe('pauses', () => {
  const inAMinute = () => String(Math.floor(Date.now() / 1_000) + 60);

  test.each([
    ['429', () => unwell(429, { 'retry-after': '60' })],
    ['the primary limit', () => json({ message: 'API rate limit exceeded' }, { status: 403, headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inAMinute() } })],
    ['the secondary limit', () => json({ message: 'You have exceeded a secondary rate limit.' }, { status: 403 })],
    ['maintenance', () => unwell(503, { 'retry-after': '60' })],
  ])('%s stops all calls with the credential until the time that the forge says, in other processes too', async (_, reply) => {
    forge.reply(reply());
    const here = setUp();
    await expect(here.get()).rejects.toThrow(Busy);
    await expect(here.get()).rejects.toMatchObject({ until: Number(here.memory.entries.get('busy')) });
    const elsewhere = setUp({ memory: here.memory });
    await expect(elsewhere.get('/pulls', { method: 'POST', body: '{}' })).rejects.toThrow(/wants no more calls until 20/);
    expect(forge.asked.length).toBe(1);
  });

  test('the last call of a quota is answered, and the next one is not made', async () => {
    forge.reply(json([1], { headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': inAMinute() } }));
    const { get } = setUp();
    expect(await (await get()).json()).toEqual([1]);
    await expect(get()).rejects.toThrow(Busy);
    expect(forge.asked.length).toBe(1);
  });

  test('afterwards it goes on', async () => {
    forge.reply(unwell(429, { 'retry-after': '60' }), json([1]));
    let now = Date.now();
    const { get } = setUp({ clock: () => instant(now) });
    await expect(get()).rejects.toThrow(Busy);
    now += 61_000;
    expect((await get()).status).toBe(200);
  });

  test('what was forgotten since, because another secret was stored, stops nothing', async () => {
    forge.reply(unwell(429, { 'retry-after': '60' }), json([1]));
    const { get, memory } = setUp();
    await expect(get()).rejects.toThrow(Busy);
    await memory.forget('');
    expect((await get()).status).toBe(200);
  });

  test('another credential is not stopped', async () => {
    forge.reply(unwell(429), json([1]));
    const { get, memory } = setUp({ credentialKey: 'installation-1' });
    await expect(get()).rejects.toThrow(Busy);
    expect((await setUp({ memory, credentialKey: 'installation-2' }).get()).status).toBe(200);
  });

  test('calls wait for their turn in the order in which they came', async () => {
    forge.reply(json([]));
    const { get } = setUp({ limits: { rate: 100, burst: 1 } });
    await Promise.all([1, 2, 3, 4, 5].map((number) => get(`/${number}`)));
    expect(forge.asked.map(({ path }) => path)).toEqual(['/1', '/2', '/3', '/4', '/5']);
  });

  test('one more than may wait is sent away with a time', async () => {
    forge.reply(json([]));
    const { get } = setUp({ limits: { rate: 100, burst: 1, queue: 2 } });
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map((number) => get(`/${number}`)));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'fulfilled', 'rejected']);
    expect(outcomes[3]).toMatchObject({ reason: expect.any(Busy) as Busy });
  });

  test('another credential has turns of its own', async () => {
    forge.reply(json([]));
    const limits = { rate: 0.001, burst: 2, queue: 0 };
    const [one, other] = [setUp({ limits }), setUp({ limits, credentialKey: 'installation-2' })];
    for (const { get } of [one, one, other, other]) expect((await get()).status).toBe(200);
    for (const { get } of [one, other]) await expect(get()).rejects.toThrow(Busy);
    expect(forge.asked.length).toBe(4);
  });
});

describe('what has not changed', () => {
  const tagged = json([{ number: 1 }], { headers: { etag: 'W/"one"', link: '<?page=2>; rel="next"' } });
  const unchanged = unwell(304, { etag: 'W/"one"' });

  test('comes out of the memory, as if it had been sent', async () => {
    forge.reply(tagged, unchanged);
    const { get, memory, calls } = setUp();
    await get();
    const again = await setUp({ memory }).get();
    expect([again.status, await again.json(), again.headers.get('link')]).toEqual([200, [{ number: 1 }], '<?page=2>; rel="next"']);
    expect(forge.asked[1]?.headers['if-none-match']).toBe('W/"one"');
    expect(calls.length).toBe(1);
  });

  test('is sent anew when it has changed', async () => {
    forge.reply(tagged, json([2], { headers: { etag: '"two"' } }), unchanged);
    const { get } = setUp();
    await get();
    expect(await (await get()).json()).toEqual([2]);
    expect(await (await get()).json()).toEqual([2]);
    expect(forge.asked[2]?.headers['if-none-match']).toBe('"two"');
  });

  test.each([
    ['another address', '/?page=2', {}],
    ['another form', '/', { accept: 'application/vnd.github.diff' }],
  ])('is not mistaken for %s', async (_, path, headers) => {
    forge.reply(tagged);
    const { get } = setUp();
    await get('/');
    await get(path, { headers });
    expect(forge.asked[1]?.headers['if-none-match']).toBeUndefined();
  });

  test('is forgotten when it is large, and when the memory holds something else', async () => {
    forge.reply(json('x'.repeat(200), { headers: { etag: '"large"' } }), tagged);
    const { get, memory } = setUp({ limits: { rememberedBytes: 100 } });
    await get();
    expect(memory.entries.size).toBe(0);
    await get();
    for (const key of memory.entries.keys()) memory.entries.set(key, '{"etag":1}');
    expect((await get()).status).toBe(200);
    expect(forge.asked[2]?.headers['if-none-match']).toBeUndefined();
  });

  test('is the caller’s matter when the caller asks by a condition', async () => {
    forge.reply(unchanged);
    expect((await setUp().get('/', { headers: { 'if-none-match': '"mine"' } })).status).toBe(304);
  });
});

describe('redirects', () => {
  test('on the same host are followed with the credential', async () => {
    forge.reply((_, response) => response.writeHead(301, { location: '/new' }).end(), json([1]));
    expect(await (await setUp().get('/old')).json()).toEqual([1]);
    expect(forge.asked[1]).toMatchObject({ path: '/new', headers: { authorization: `token ${SECRET}` } });
  });

  test('elsewhere do not get the credential', async () => {
    const other = await startSmallForge();
    other.reply(json([2]));
    forge.reply((_, response) => response.writeHead(302, { location: `${other.url}/archive` }).end());
    const answer = await setUp().get('/', { headers: { 'private-token': SECRET } });
    expect(await answer.json()).toEqual([2]);
    expect(JSON.stringify(other.asked)).not.toContain(SECRET);
    await other.stop();
  });

  test('in a circle end', async () => {
    forge.reply((_, response) => response.writeHead(302, { location: '/' }).end());
    await expect(setUp().get()).rejects.toThrow(/redirects more than 5 times/);
  });

  test('are given to who wants to see them', async () => {
    forge.reply((_, response) => response.writeHead(302, { location: '/x' }).end());
    expect((await setUp().get('/', { redirect: 'manual' })).status).toBe(302);
  });
});

test('no secret is in an error or in the memory, whatever happens', async () => {
  const failures: unknown[] = [];
  const memory = fakeForgeMemory();
  for (const reply of [unwell(500), unwell(502), unwell(429), hangUp, halfJson, unwell(302, { location: 'http://' })]) {
    forge.reply(reply);
    await setUp().get().catch((error: unknown) => failures.push(error));
  }
  const chatty = () => Promise.reject(new TypeError(`Headers.append: "token ${SECRET}" is an invalid header value.`, { cause: new Error(`sent ${SECRET}`) }));
  await setUp({ fetch: chatty }).get().catch((error: unknown) => failures.push(error));
  forge.reply(json([], { headers: { etag: '"e"' } }));
  await setUp({ memory }).get();
  expect(failures.length).toBe(7);
  const { inspect } = await import('node:util');
  expect(inspect([failures, memory.entries], { depth: null, showHidden: true })).not.toContain(SECRET);
});
