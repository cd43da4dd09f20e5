import { CatFileSession } from './cat-file-session.js';
import { firstParentLine } from './first-parents.js';
import { mergeByPath } from './merge-by-path.js';
import { mergeTree } from './merge-tree.js';
import { subjectOf } from './parse-commit.js';
import { type TestRepository, testRepository } from './repository.fixture.js';
import { writeCommitObject } from './commit-tree.js';

describe('without a process', () => {
  let repository: TestRepository;
  let objects: CatFileSession;
  beforeAll(async () => {
    repository = await testRepository();
    objects = new CatFileSession(repository.gitDir);
  });
  afterAll(async () => {
    objects.close();
    await repository.git('fsck', '--strict', '--no-dangling');
    await repository.remove();
  });
  const tree = async (files: Record<string, string>): Promise<string> => (await repository.commit(files)).tree;

  describe('merging by path', () => {
    const base = { 'a/one': '1', 'a/two': '2', 'b/three': '3', top: '4' };
    it.each([
      ['different files of one folder', { ...base, 'a/one': 'x' }, { ...base, 'a/two': 'y' }],
      ['a new file and a deleted one', { ...base, 'a/new': 'x' }, { 'a/one': '1', 'a/two': '2', top: '4' }],
      ['the same change on both sides', { ...base, top: 'x' }, { ...base, top: 'x', 'b/three': 'y' }],
      ['only one side', base, { ...base, 'c/d/e': 'x' }],
      ['a file that sorts between a folder and a file of its name', { ...base, 'a.b': 'x' }, { ...base, 'a/one': 'y' }],
    ])('gives what git gives: %s', async (_, ours, theirs) => {
      const trees = { base: await tree(base), ours: await tree(ours), theirs: await tree(theirs) };
      expect(await mergeByPath(objects, repository.gitDir, trees)).toBe((await mergeTree(repository.gitDir, trees.base, trees.ours, trees.theirs) as { tree: string }).tree);
    });

    it.each([
      ['both sides changed one file', { ...base, top: 'x' }, { ...base, top: 'y' }],
      ['one side deleted what the other changed', { ...base, top: 'x' }, { 'a/one': '1', 'a/two': '2', 'b/three': '3' }],
      ['a file against a folder', { ...base, c: 'x' }, { ...base, 'c/d': 'y' }],
    ])('leaves it to git when %s', async (_, ours, theirs) => {
      expect(await mergeByPath(objects, repository.gitDir, { base: await tree(base), ours: await tree(ours), theirs: await tree(theirs) })).toBeUndefined();
    });
  });

  it('follows the first parents', async () => {
    const author = { name: 'Ada', email: 'ada@example.org', date: 1 };
    const root = await tree({ a: '1' });
    const commits: string[] = [];
    for (let index = 0; index < 5; index += 1) commits.unshift(await writeCommitObject(repository.gitDir, { tree: root, parents: commits.slice(0, 1), message: String(index), author }));
    const [head = '', , until = ''] = commits;
    const names = async (end: string | undefined, limit: number) => {
      const found = await firstParentLine(objects, head, end, limit);
      return found && { line: found.line.map(({ sha }) => sha), end: found.end };
    };
    expect(await names(until, 10)).toEqual({ line: commits.slice(0, 2), end: 'until' });
    expect(await names(undefined, 10)).toEqual({ line: commits, end: 'root' });
    expect(await names(until, 1)).toEqual({ line: [head], end: 'limit' });
    expect(await names('0'.repeat(40), 2)).toMatchObject({ end: 'limit' });
    expect(await names(head, 10)).toEqual({ line: [], end: 'until' });
  });

  it.each(['One line', 'Two\nlines\n\nBody', '\n\nLate', 'Trailing   \n', 'Blank with spaces\n  \nBody', 'CR\r\n\r\nBody', ''])('has the subject that git has: %j', async (message) => {
    const commit = await writeCommitObject(repository.gitDir, { tree: await tree({ a: '1' }), parents: [], message, author: { name: 'Ada', email: 'a@example.org', date: 1 } });
    expect(subjectOf(message)).toBe((await repository.git('log', '-1', '--format=%s', commit)).replace(/\n$/, '').trimEnd());
  });
});
