import { chmod, writeFile } from 'node:fs/promises';
import { gitCounters, runGit } from '@sluice/git-process';
import type { CommitSha } from '@sluice/kernel';
import type { GitMirror } from './git-mirror.js';
import { AUTHOR, NO_COMMIT, World, bytes } from './mirror.fixture.js';

const BRANCH = 'sluice/promote/qa/checkout';

describe.each(['path', 'http', 'shared'] as const)('pushing by %s', (transport) => {
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
    if (transport === 'http') return; // the server of this test runs without hooks, as ours does
    await expect(mirror.push(BRANCH, first, undefined)).rejects.toMatchObject({ kind: 'unavailable', message: expect.stringContaining('hook declined') });
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

  it('pins commits here at once and on the remote together', async () => {
    const before = gitCounters().byCommand['push'] ?? 0;
    await Promise.all([mirror.pin(base), mirror.pin(first), mirror.pin(second), mirror.pin(base)]);
    const local = await runGit(['for-each-ref', '--format=%(refname)', 'refs/sluice/base/'], { gitDir: world.gitDir() });
    expect(local.stdout.toString().trim().split('\n')).toHaveLength(3);
    await mirror.close();
    expect(await world.remote.ref(`refs/sluice/base/${first}`)).toBe(first);
    expect(await world.remote.ref(`refs/sluice/base/${second}`)).toBe(second);
    expect(gitCounters().byCommand['push']).toBe(before + 1);
  });

  it('pins although the remote is away, and on the remote when it is back', async () => {
    const { location } = world;
    world.location = { ...location, url: `${world.folder}/away.git` };
    await mirror.pin(first);
    await mirror.close();
    expect(await world.remote.ref(`refs/sluice/base/${first}`)).toBeUndefined();
    world.location = location;
    await mirror.close();
    expect(await world.remote.ref(`refs/sluice/base/${first}`)).toBe(first);
  });
});
