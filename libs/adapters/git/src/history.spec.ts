import { gitCounters, runGit } from '@sluice/git-process';
import type { CommitSha } from '@sluice/kernel';
import type { CommitEntry } from '@sluice/usecases';
import type { GitMirror } from './git-mirror.js';
import { firstParentHistory, historyOf, parseLog, shortHistory, shortHistoryOf } from './history.js';
import { EVERYTHING, NO_COMMIT, World, select } from './mirror.fixture.js';
import { ObjectReader } from './object-reader.js';
import { PathRulesCache } from './path-rules.js';

const shas = (entries: readonly CommitEntry[]): CommitSha[] => entries.map(({ sha }) => sha);
const paths = (entry: CommitEntry | undefined): string[] => entry?.changes.map(({ path }) => path) ?? [];

describe('the history of a branch', () => {
  let world: World;
  let mirror: GitMirror;
  let root: CommitSha;
  let second: CommitSha;
  let side: CommitSha;
  let merge: CommitSha;
  let head: CommitSha;

  beforeAll(async () => {
    world = await World.create();
    const { remote } = world;
    root = await remote.commit('dev', { 'a/1': '1', 'b/1': '1' }, { message: 'Begin' });
    second = await remote.commit('dev', { 'a/1': '2', 'b/1': null }, { message: 'Second\n\nwith a body\n\nCo-authored-by: Linus <linus@example.org>\nCo-Authored-By: Ken <ken@example.org>', author: 'Grace' });
    side = await remote.commit('feature', { 'a/2': '1' }, { from: root, message: 'Side', author: 'Linus' });
    merge = await remote.commit('dev', { 'a/2': '1' }, { merge: side, message: 'Merge' });
    head = await remote.commit('dev', { 'b/2': '1' }, { message: 'Last' });
    mirror = await world.mirror();
    await mirror.refresh();
  });
  afterAll(() => world.remove());

  it('by first parents is newest first, each with what it changed', async () => {
    const entries = await mirror.firstParent(head, { limit: 10 });
    expect(shas(entries)).toEqual([head, merge, second, root]);
    expect(entries.map(paths)).toEqual([['b/2'], ['a/2'], ['a/1', 'b/1'], ['a/1', 'b/1']]);
    expect(entries[1]?.parents).toEqual([second, side]);
    expect(entries[2]).toMatchObject({ subject: 'Second', authorName: 'Grace', authorEmail: 'ada@example.org', committerName: 'Grace', coAuthors: [{ name: 'Linus', email: 'linus@example.org' }, { name: 'Ken', email: 'ken@example.org' }] });
    expect(entries[0]?.coAuthors).toBeUndefined();
    expect(entries[2]?.changes).toEqual([
      { path: 'a/1', before: { mode: '100644', sha: expect.any(String) }, after: { mode: '100644', sha: expect.any(String) } },
      { path: 'b/1', before: { mode: '100644', sha: expect.any(String) } },
    ]);
    expect((entries[0]?.committedAt ?? 0) - (entries[1]?.committedAt ?? 0)).toBe(60_000);
  });

  it('reads the same commit by commit as git tells it at once', async () => {
    const objects = new ObjectReader(world.gitDir());
    const rules = new PathRulesCache();
    for (const until of [undefined, root, second, merge]) {
      const told = await firstParentHistory(world.gitDir(), head, until, 10);
      expect(await shortHistory(objects, { until, head }, 10, rules.of(EVERYTHING))).toEqual(told);
    }
    const range = { until: merge, head };
    expect(await shortHistoryOf(objects, range, 10, rules.of(select('b/**')))).toEqual(await historyOf(world.gitDir(), range, rules.of(select('b/**')), 10));
    // a merge brings commits that are not on the line: git lists them
    expect(await shortHistoryOf(objects, { until: second, head }, 10, rules.of(EVERYTHING))).toBeUndefined();
    expect(await shortHistory(objects, { until: side, head }, 10, rules.of(EVERYTHING))).toBeUndefined();
    objects.close();
  });

  it('ends before the commit that the caller knows', async () => {
    expect(shas(await mirror.firstParent(head, { until: second, limit: 10 }))).toEqual([head, merge]);
    expect(await mirror.firstParent(head, { until: head, limit: 10 })).toEqual([]);
  });

  it('is cut at the limit', async () => {
    expect(shas(await mirror.firstParent(head, { until: root, limit: 2 }))).toEqual([head, merge]);
    expect(await mirror.firstParent(head, { limit: 0 })).toEqual([]);
  });

  it('is the whole line when the known commit was merged in from the side', async () => {
    expect(shas(await mirror.firstParent(head, { until: side, limit: 10 }))).toEqual([head, merge, second, root]);
  });

  it('of everything reachable keeps both sides of a merge, for their authors', async () => {
    const entries = await mirror.commitsBetween(root, head, EVERYTHING, 10);
    expect(new Set(shas(entries))).toEqual(new Set([head, merge, second, side]));
    expect(entries.map(({ authorName }) => authorName)).toEqual(expect.arrayContaining(['Grace', 'Linus']));
  });

  it('lists nothing before what came after it, whatever the dates say', async () => {
    const made = async (parents: CommitSha[], path: string, date: number): Promise<CommitSha> =>
      (await mirror.commit({ parents, edits: [{ path, file: { mode: '100644', bytes: Buffer.from(path) } }], message: path, author: { name: 'Ada', email: 'ada@example.org' }, date })).commit;
    const recorded = await made([root], 'record', 2_000_000_000);
    const composed = await made([recorded], 'change', 1_000_000_000);
    const merged = await made([recorded, composed], 'change', 2_000_000_001);
    expect(shas(await mirror.commitsBetween(root, merged, EVERYTHING, 10))).toEqual([merged, composed, recorded]);
  });

  it('has only commits that touch the selection, with only those changes', async () => {
    const entries = await mirror.commitsBetween(undefined, head, select('b/**', ['b/2']), 10);
    expect(shas(entries)).toEqual([second, root]);
    expect(entries.map(paths)).toEqual([['b/1'], ['b/1']]);
  });

  it('looks further than one page for commits that the globs select', async () => {
    const busy = await World.create();
    let from = await busy.remote.commit('dev', { 'a/wanted': '1', 'a/other': '0' });
    for (let count = 1; count <= 105; count += 1) from = await busy.remote.commit('dev', { 'a/other': String(count) }, { from });
    const other = await busy.mirror();
    await other.refresh();
    expect(paths((await other.commitsBetween(undefined, from, select('a/w*'), 1))[0])).toEqual(['a/wanted']);
    await busy.remove();
  });

  it('knows who descends from whom', async () => {
    expect(await mirror.isAncestor(side, head)).toBe(true);
    expect(await mirror.isAncestor(head, side)).toBe(false);
    expect(await mirror.isAncestor(head, head)).toBe(true);
    const asked = gitCounters().byCommand['merge-base'];
    expect(await mirror.isAncestor(root, second)).toBe(true);
    expect(await mirror.isAncestor(second, root)).toBe(false);
    expect(gitCounters().byCommand['merge-base']).toBe(asked);
    await expect(mirror.isAncestor(NO_COMMIT, head)).rejects.toMatchObject({ kind: 'not-found' });
    await expect(mirror.firstParent(NO_COMMIT, { limit: 1 })).rejects.toMatchObject({ kind: 'not-found' });
  });

  it('is read right whatever names, subjects and paths hold', async () => {
    const { remote } = world;
    const message = `:100644 100644 ${'0'.repeat(40)} ${'0'.repeat(40)} M\t"quoted" \u0001 ${'a'.repeat(40)}`;
    const odd = await remote.commit('odd', { ':100644 000000 a': '1', 'ä\\"b': '2', 'a b c': '3' }, { from: null, message, author: ':colon' });
    const { stdout } = await runGit(['commit-tree', '-p', odd, `${odd}^{tree}`], {
      gitDir: remote.path,
      input: '',
      env: { GIT_AUTHOR_NAME: 'x\u0001y', GIT_AUTHOR_EMAIL: '', GIT_COMMITTER_NAME: '🜍', GIT_COMMITTER_EMAIL: 'c' },
    });
    const empty = stdout.toString().trim() as CommitSha;
    await remote.set('odd', empty);
    await mirror.refresh();
    const [second, first] = await mirror.firstParent(empty, { limit: 5 });
    expect(second).toMatchObject({ sha: empty, subject: '', committerName: '🜍', authorEmail: '', changes: [] });
    expect(first?.subject).toBe(message);
    expect(paths(first).sort()).toEqual([':100644 000000 a', 'a b c', 'ä\\"b'].sort());
  });

  it('of nothing is nothing', () => {
    expect(parseLog('')).toEqual([]);
  });
});
