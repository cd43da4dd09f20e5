import { chmod, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { gitCounters, runGit } from '@sluice/git-process';
import { applicationName, environmentName, type CommitSha } from '@sluice/kernel';
import type { GitMirror } from './git-mirror.js';
import { AUTHOR, NO_COMMIT, World, bytes } from './mirror.fixture.js';

const BRANCH = 'sluice/promote/qa/checkout';

describe.each(['path', 'http', 'shared', 'in place'] as const)('pushing by %s', (transport) => {
  let world: World;
  let mirror: GitMirror;
  let base: CommitSha;
  let first: CommitSha;
  let second: CommitSha;
  beforeEach(async () => {
    world = await World.create(transport);
    base = await world.remote.commit('qa', { a: '1' });
    mirror = await world.mirror();
    await mirror.refresh();
    const write = async (text: string): Promise<CommitSha> =>
      (await mirror.commit({ parents: [base], edits: [{ path: 'a', file: bytes(text) }], message: 'm', author: AUTHOR, date: 1 })).commit;
    [first, second] = [await write('2'), await write('3')];
  });
  afterEach(() => world.remove());

  it('makes a branch, moves it and says when it is there already', async () => {
    expect(await mirror.push(BRANCH, first, undefined)).toBe('pushed');
    expect(await world.remote.head(BRANCH)).toBe(first);
    expect(await mirror.push(BRANCH, second, first)).toBe('pushed');
    expect(await world.remote.head(BRANCH)).toBe(second);
    expect(await mirror.push(BRANCH, second, first)).toBe('up-to-date');
    expect(await mirror.push(BRANCH, second, undefined)).toBe('up-to-date');
  });

  it('leaves a branch alone that is not where the caller saw it', async () => {
    await mirror.push(BRANCH, first, undefined);
    expect(await mirror.push(BRANCH, second, undefined)).toBe('stale');
    expect(await mirror.push(BRANCH, second, base)).toBe('stale');
    expect(await mirror.push(BRANCH, second, NO_COMMIT)).toBe('stale');
    expect(await world.remote.head(BRANCH)).toBe(first);
    await world.remote.set(BRANCH, null);
    expect(await mirror.push(BRANCH, second, first)).toBe('stale');
    expect(await world.remote.head(BRANCH)).toBeUndefined();
  });

  it('moves any branch on from where it is, and never otherwise', async () => {
    expect(await mirror.advance('qa', first, base)).toBe('pushed');
    expect(await world.remote.head('qa')).toBe(first);
    expect(await mirror.advance('qa', second, base)).toBe('stale');
    await expect(mirror.advance('qa', second, first)).rejects.toMatchObject({ kind: 'invalid' });
    await expect(mirror.advance('../qa', second, base)).rejects.toMatchObject({ kind: 'forbidden' });
    expect(await world.remote.head('qa')).toBe(first);
  });

  it('lets one of two workers win', async () => {
    const other = await world.mirror('other');
    await other.ensure(base);
    const { commit } = await other.commit({ parents: [base], edits: [], message: 'other', author: AUTHOR, date: 1 });
    const outcomes = await Promise.all([mirror.push(BRANCH, first, undefined), other.push(BRANCH, commit, undefined)]);
    expect(outcomes.sort()).toEqual(['pushed', 'stale']);
  });

  it.each(['qa', 'main', 'sluice', 'sluice/', 'sluice/../qa', 'sluice/a b', 'refs/heads/sluice/x', 'sluice/a:refs/heads/qa', '-sluice/x'])('refuses the branch %j', async (branch) => {
    await expect(mirror.push(branch, first, undefined)).rejects.toMatchObject({ kind: 'forbidden' });
    expect(await world.remote.head('qa')).toBe(base);
  });

  it('says why the remote refuses', async () => {
    await writeFile(`${world.remote.path}/hooks/update`, '#!/bin/sh\necho no promotions on fridays >&2\nexit 1\n');
    await chmod(`${world.remote.path}/hooks/update`, 0o755);
    await runGit(['config', 'core.hooksPath', `${world.remote.path}/hooks`], { gitDir: world.remote.path });
    if (transport === 'http' || transport === 'in place') return; // the server of this test runs without hooks, as ours does, and who takes objects has none
    await expect(mirror.push(BRANCH, first, undefined)).rejects.toMatchObject({ kind: 'unavailable', message: expect.stringContaining('hook declined') });
  });

  it('brings what was composed while the remote could not be reached that way', async () => {
    const { location } = world;
    world.location = { ...location, sharesObjects: false };
    const other = await world.mirror('other');
    await other.refresh();
    const { commit } = await other.commit({ parents: [base], edits: [{ path: 'a', file: bytes('4') }], message: 'm', author: AUTHOR, date: 1 });
    world.location = location;
    expect(await other.push(BRANCH, commit, undefined)).toBe('pushed');
    expect(await world.remote.head(BRANCH)).toBe(commit);
  });

  it('is not followed by a fetch of what was pushed', async () => {
    await mirror.push(BRANCH, first, undefined);
    const before = gitCounters().byCommand['fetch'];
    expect((await mirror.refresh()).get(BRANCH)).toBe(first);
    expect(gitCounters().byCommand['fetch']).toBe(before);
  });

  it('needs a remote that answers', async () => {
    world.location = { ...world.location, url: transport === 'http' ? `${world.http.url}/none.git` : `${world.folder}/none.git` };
    await expect(mirror.push(BRANCH, first, undefined)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('appends to refs/sluice/audit, and to nothing else there, whoever else does', async () => {
    const note = async (name: string, ...parents: readonly CommitSha[]): Promise<CommitSha> => (await mirror.commit({ parents, edits: [{ path: `heads/${name}`, file: bytes(name) }], message: name, author: AUTHOR, date: 1 })).commit;
    expect(await mirror.auditTip()).toBeUndefined();
    const one = await note('1');
    expect(await mirror.advanceAudit(one, undefined)).toBe('pushed');
    const two = await note('2', one);
    expect(await mirror.advanceAudit(two, one)).toBe('pushed');
    expect(await world.remote.ref('refs/sluice/audit')).toBe(two);
    const other = await world.mirror('other');
    await other.refresh();
    expect(await other.auditTip()).toBe(two);
    expect((await other.list(two, { include: ['heads/**'], exclude: [] })).map(({ path }) => path)).toEqual(['heads/1', 'heads/2']);
    expect(await mirror.advanceAudit(await note('3', one), one)).toBe('stale');
    await expect(mirror.advanceAudit(await note('4'), two)).rejects.toMatchObject({ kind: 'invalid' });
    expect(await world.remote.ref('refs/sluice/audit')).toBe(two);
  });

  describe('pins the base of an application in a target', () => {
    const QA = environmentName('qa');
    const pin = (application: string, commit: CommitSha) => mirror.pin({ target: QA, application: applicationName(application), commit });
    const pinnedHere = async () => (await runGit(['for-each-ref', '--format=%(refname) %(objectname)', 'refs/sluice/base/'], { gitDir: world.gitDir() })).stdout.toString().trim().split('\n');

    it('here at once, and on the remote together', async () => {
      const before = gitCounters().byCommand['push'] ?? 0;
      await Promise.all([pin('cart', base), pin('checkout', first), pin('pay', base), pin('cart', base)]);
      expect(await pinnedHere()).toEqual([`refs/sluice/base/qa/cart ${base}`, `refs/sluice/base/qa/checkout ${first}`, `refs/sluice/base/qa/pay ${base}`]);
      await mirror.close();
      expect(await world.remote.ref('refs/sluice/base/qa/cart')).toBe(base);
      expect(await world.remote.ref('refs/sluice/base/qa/checkout')).toBe(first);
      expect(gitCounters().byCommand['push'] ?? 0).toBe(transport === 'in place' ? before : before + 1);
    });

    it('in place of the base before, also when that is older', async () => {
      for (const commit of [first, second, base]) {
        await pin('cart', commit);
        // a little later, by itself
        while ((await world.remote.ref('refs/sluice/base/qa/cart')) !== commit) await sleep(20);
      }
      expect(await pinnedHere()).toEqual([`refs/sluice/base/qa/cart ${base}`]);
    });

    it('although the remote is away, and on the remote when it is back', async () => {
      const { location } = world;
      world.location = { ...location, url: `${world.folder}/away.git` };
      await pin('cart', first);
      await mirror.close();
      expect(await world.remote.ref('refs/sluice/base/qa/cart')).toBeUndefined();
      world.location = location;
      await mirror.close();
      expect(await world.remote.ref('refs/sluice/base/qa/cart')).toBe(first);
    });
  });
});
