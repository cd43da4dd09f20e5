import { gitCounters } from '@sluice/git-process';
import { applicationName, environmentName } from '@sluice/kernel';
import { runInTransactionScope } from '@sluice/runtime';
import { AUTHOR, World, NO_COMMIT, SHOP, textAt } from './mirror.fixture.js';

describe.each(['path', 'http', 'shared', 'in place'] as const)('a mirror of a repository reached by %s', (transport) => {
  // objects that can be read where they are need not be fetched
  const shared = transport === 'shared' || transport === 'in place';
  const [asking, fetches] = shared ? ['for-each-ref', 0] : ['ls-remote', 1];
  const count = (counters: ReturnType<typeof gitCounters>, command: string): number => counters.byCommand[command] ?? 0;
  let world: World;
  beforeEach(async () => {
    world = await World.create(transport);
  });
  afterEach(() => world.remove());

  it('has every branch after its first refresh', async () => {
    const dev = await world.remote.commit('dev', { 'a.yaml': 'a: 1' });
    const prod = await world.remote.commit('prod', { 'a.yaml': 'a: 0' }, { from: null });
    const mirror = await world.mirror();
    expect(await mirror.refresh()).toEqual(new Map([['dev', dev], ['prod', prod]]));
    expect(await textAt(mirror, dev, 'a.yaml')).toBe('a: 1');
    expect(await textAt(mirror, prod, 'a.yaml')).toBe('a: 0');
  });

  it('tells where one branch is now, with its commit', async () => {
    const first = await world.remote.commit('qa', { a: '1' });
    const mirror = await world.mirror();
    expect(await mirror.head('qa')).toBe(first);
    expect(await mirror.head('prod')).toBeUndefined();
    const second = await world.remote.commit('qa', { a: '2' });
    expect(await mirror.head('qa')).toBe(second);
    expect(await textAt(mirror, second, 'a')).toBe('2');
    await world.remote.set('qa', null);
    expect(await mirror.head('qa')).toBeUndefined();
  });

  it('mirrors a repository without commits', async () => {
    const mirror = await world.mirror();
    expect(await mirror.refresh()).toEqual(new Map());
    const dev = await world.remote.commit('dev', { a: '1' });
    expect(await mirror.refresh()).toEqual(new Map([['dev', dev]]));
  });

  it('asks once and fetches nothing when nothing has moved', async () => {
    await world.remote.commit('dev', { a: '1' });
    const mirror = await world.mirror();
    const heads = await mirror.refresh();
    const before = gitCounters();
    expect(await mirror.refresh()).toEqual(heads);
    const after = gitCounters();
    expect(after.spawned - before.spawned).toBe(1);
    expect(count(after, asking)).toBe(count(before, asking) + 1);
  });

  it('follows branches that move, come, go and are rewritten', async () => {
    const first = await world.remote.commit('dev', { a: '1' });
    await world.remote.set('gone', first);
    await world.remote.set('name', first);
    const mirror = await world.mirror();
    await mirror.refresh();
    const rewritten = await world.remote.commit('dev', { a: 'other history' }, { from: null });
    const nested = await world.remote.commit('new', { b: '1' }, { from: first });
    await world.remote.set('gone', null);
    await world.remote.set('name', null);
    await world.remote.set('name/below', nested);
    const heads = new Map([['dev', rewritten], ['name/below', nested], ['new', nested]]);
    expect(await mirror.refresh()).toEqual(heads);
    expect(await textAt(mirror, rewritten, 'a')).toBe('other history');
    expect(await (await world.mirror('another')).refresh()).toEqual(heads);
  });

  it('fetches little for many callers at once', async () => {
    await world.remote.commit('dev', { a: '1' });
    const mirror = await world.mirror();
    await mirror.refresh();
    const moved = await world.remote.commit('dev', { a: '2' });
    const before = gitCounters();
    const answers = await Promise.all(Array.from({ length: 100 }, () => mirror.refresh()));
    const after = gitCounters();
    expect(answers.every((heads) => heads.get('dev') === moved)).toBe(true);
    expect(count(after, asking)).toBe(count(before, asking) + 2);
    expect(count(after, 'fetch')).toBe(count(before, 'fetch') + fetches);
  });

  it('fetches a commit that a caller needs, once for all that need it', async () => {
    const mirror = await world.mirror();
    const commit = await world.remote.commit('dev', { a: '1' });
    expect(await mirror.has(commit)).toBe(shared);
    const before = gitCounters();
    await Promise.all(Array.from({ length: 100 }, () => mirror.ensure(commit)));
    expect(count(gitCounters(), 'fetch')).toBe(count(before, 'fetch') + fetches);
    expect(await mirror.has(commit)).toBe(true);
  });

  it('has everything after it was packed, and when it is opened again', async () => {
    const first = await world.remote.commit('dev', { a: '1' });
    const mirror = await world.mirror();
    await mirror.refresh();
    const own = await mirror.commit({ parents: [first], author: AUTHOR, date: 1_700_000_000, message: 'Own', edits: [{ path: 'b', file: { mode: '100644', bytes: Buffer.from('2') } }] });
    await mirror.push('sluice/own', own.commit, undefined);
    await mirror.refresh();
    expect(await mirror.maintain({ loose: -1 })).toBe(true);
    await mirror.close();
    const again = await world.mirror();
    expect(await again.refresh()).toEqual(new Map([['dev', first], ['sluice/own', own.commit]]));
    expect(await textAt(again, own.commit, 'a')).toBe('1');
    expect(await textAt(again, own.commit, 'b')).toBe('2');
  });

  it('fetches a commit that only a pin holds', async () => {
    const pinned = await world.remote.commit('dev', { a: '1' });
    const first = await world.mirror('first');
    await first.refresh();
    await first.pin({ target: environmentName('qa'), application: applicationName('cart'), commit: pinned });
    await first.close();
    await world.remote.commit('dev', { a: 'rewritten' }, { from: null });
    expect(await world.remote.ref('refs/sluice/base/qa/cart')).toBe(pinned);
    const mirror = await world.mirror('second');
    await mirror.refresh();
    expect(await mirror.has(pinned)).toBe(shared);
    await mirror.ensure(pinned);
    expect(await textAt(mirror, pinned, 'a')).toBe('1');
  });

  it('says that a commit is nowhere, and does not search for it at every call', async () => {
    await world.remote.commit('dev', { a: '1' });
    const mirror = await world.mirror();
    await expect(mirror.ensure(NO_COMMIT)).rejects.toMatchObject({ kind: 'not-found', message: expect.stringContaining('in no branch') });
    const before = gitCounters();
    await expect(mirror.ensure(NO_COMMIT)).rejects.toMatchObject({ kind: 'not-found' });
    expect(gitCounters().spawned - before.spawned).toBe(1);
    world.now += 60_000;
    await expect(mirror.ensure(NO_COMMIT)).rejects.toMatchObject({ kind: 'not-found' });
    expect(gitCounters().byCommand['fetch']).toBeGreaterThan(before.byCommand['fetch'] ?? 0);
  });
});

describe('a remote', () => {
  let world: World;
  beforeEach(async () => {
    world = await World.create('http');
  });
  afterEach(() => world.remove());

  it('that goes away makes a clear fault, and all is well when it comes back', async () => {
    const first = await world.remote.commit('dev', { a: '1' });
    const mirror = await world.mirror();
    await mirror.refresh();
    await world.http.down();
    await expect(mirror.refresh()).rejects.toMatchObject({ kind: 'unavailable', message: expect.stringMatching(/repository shop cannot be reached: check its URL/) });
    expect(await mirror.has(first)).toBe(true);
    await world.http.up();
    const second = await world.remote.commit('dev', { a: '2' });
    expect((await mirror.refresh()).get('dev')).toBe(second);
  });

  it('that is away at the start does not keep the mirror from opening', async () => {
    await world.http.down();
    const mirror = await world.mirror();
    await expect(mirror.refresh()).rejects.toMatchObject({ kind: 'unavailable' });
    await world.http.up();
    expect(await mirror.refresh()).toEqual(new Map());
  });

  it('that refuses the credential is told apart, without the credential', async () => {
    world.location = { ...world.location, credential: { username: 'sluice', password: 'expired-password' } };
    const refused = (await world.mirror()).refresh();
    await expect(refused).rejects.toMatchObject({ kind: 'unavailable', message: expect.stringMatching(/refused our credential/) });
    await expect(refused).rejects.not.toThrow('expired-password');
  });

  it.each(['ext::sh -c id', 'git://127.0.0.1/shop', '--upload-pack=id', 'https://-oProxyCommand=id/x', 'relative/path'])('at %j is refused', async (url) => {
    world.location = { ...world.location, url };
    await expect((await world.mirror()).refresh()).rejects.toMatchObject({ kind: 'invalid', message: expect.stringContaining('shop has a URL') });
  });

  it('with SHA-256 names is mirrored', async () => {
    const other = await World.create('path', 'sha256');
    const commit = await other.remote.commit('dev', { a: '1' });
    const mirror = await other.mirror();
    expect((await mirror.refresh()).get('dev')).toBe(commit);
    expect(commit).toHaveLength(64);
    const written = await mirror.commit({ parents: [commit], edits: [{ path: 'b', file: { mode: '100644', bytes: Buffer.from('2') } }], message: 'm\n', author: { name: 'S', email: 's' }, date: 1 });
    expect(await mirror.push('sluice/x', written.commit, undefined)).toBe('pushed');
    expect(await textAt(mirror, written.commit, 'b')).toBe('2');
    await other.remove();
  });
});

describe('the mirrors of a worker', () => {
  it('refuse to work inside a database transaction', async () => {
    const world = await World.create();
    const mirror = await world.mirror();
    await expect(runInTransactionScope(() => mirror.has(NO_COMMIT))).rejects.toThrow('git inside a database transaction');
    await expect(runInTransactionScope(() => world.mirrors('x').open(SHOP))).rejects.toThrow('git inside a database transaction');
    await world.remove();
  });

  it('open a repository once', async () => {
    const world = await World.create();
    const mirrors = world.mirrors();
    const opened = await Promise.all(Array.from({ length: 10 }, () => mirrors.open(SHOP)));
    expect(new Set(opened).size).toBe(1);
    await mirrors.close();
    await expect(mirrors.open(SHOP)).rejects.toMatchObject({ kind: 'unavailable' });
    await world.remove();
  });
});
