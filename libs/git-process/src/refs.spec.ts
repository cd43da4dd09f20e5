import { isRefName } from './names.js';
import { type RefUpdate, listRefs, updateRefs } from './refs.js';
import { type TestRepository, testRepository } from './repository.fixture.js';

describe('references', () => {
  let repository: TestRepository;
  let first: string;
  let second: string;
  beforeEach(async () => {
    repository = await testRepository();
    first = (await repository.commit({ a: '1' })).commit;
    second = (await repository.commit({ a: '2' }, first)).commit;
  });
  afterEach(() => repository.remove());

  it('are made, moved and deleted together', async () => {
    const { gitDir } = repository;
    expect(await updateRefs(gitDir, [{ ref: 'refs/heads/a', to: first, from: null }, { ref: 'refs/heads/b', to: first }])).toEqual({ kind: 'updated' });
    expect(await updateRefs(gitDir, [{ ref: 'refs/heads/a', to: second, from: first }, { ref: 'refs/heads/b', to: null, from: first }])).toEqual({ kind: 'updated' });
    expect(await listRefs(gitDir)).toEqual([{ ref: 'refs/heads/a', sha: second }]);
  });

  it('are listed by prefix', async () => {
    await updateRefs(repository.gitDir, ['refs/heads/a', 'refs/sluice/base/b', 'refs/tags/c'].map((ref) => ({ ref, to: first })));
    expect((await listRefs(repository.gitDir, ['refs/heads/', 'refs/sluice/'])).map(({ ref }) => ref)).toEqual(['refs/heads/a', 'refs/sluice/base/b']);
  });

  it('stay as they are, all of them, when one is not what was expected', async () => {
    await updateRefs(repository.gitDir, [{ ref: 'refs/heads/a', to: first }]);
    const outcome = await updateRefs(repository.gitDir, [{ ref: 'refs/heads/new', to: first }, { ref: 'refs/heads/a', to: second, from: second }]);
    expect(outcome).toMatchObject({ kind: 'conflict', ref: 'refs/heads/a', message: expect.stringContaining(`is at ${first} but expected ${second}`) });
    expect(await listRefs(repository.gitDir)).toEqual([{ ref: 'refs/heads/a', sha: first }]);
  });

  it.each<[string, (commit: string) => RefUpdate]>([
    ['exists and must not', (to) => ({ ref: 'refs/heads/a', to, from: null })],
    ['is missing and must not be', (to) => ({ ref: 'refs/heads/none', to, from: to })],
    ['has its name taken by a folder', (to) => ({ ref: 'refs/heads/a/b', to })],
    ['is there although it must not be', () => ({ ref: 'refs/heads/a', to: null, from: null })],
  ])('answer a conflict when one %s', async (_case, update) => {
    await updateRefs(repository.gitDir, [{ ref: 'refs/heads/a', to: first }]);
    expect(await updateRefs(repository.gitDir, [update(second)])).toMatchObject({ kind: 'conflict' });
  });

  it('let exactly one of many win', async () => {
    const outcomes = await Promise.all(Array.from({ length: 8 }, () => updateRefs(repository.gitDir, [{ ref: 'refs/heads/race', to: first, from: null }])));
    expect(outcomes.filter(({ kind }) => kind === 'updated')).toHaveLength(1);
  });

  it.each(['-d', '--stdin', 'heads/a', 'refs/heads/a\nb', 'refs/heads/a b', 'refs/heads/../a', 'refs/heads/.a', 'refs/heads/a.lock', 'refs/heads/a\0b'])('refuse the name %j', async (ref) => {
    await expect(updateRefs(repository.gitDir, [{ ref, to: first }])).rejects.toMatchObject({ reason: 'argument', kind: 'invalid' });
  });

  it.each(['-d', 'HEAD', '0123', 'main\0'])('refuse the object name %j', async (to) => {
    await expect(updateRefs(repository.gitDir, [{ ref: 'refs/heads/a', to }])).rejects.toMatchObject({ reason: 'argument' });
  });

  it('fail, as no conflict, on an object that is not there', async () => {
    await expect(updateRefs(repository.gitDir, [{ ref: 'refs/heads/a', to: 'a'.repeat(40) }])).rejects.toMatchObject({ reason: 'exit' });
  });

  it('have the names that git itself accepts', async () => {
    const names = ['refs/heads/a', 'refs/heads/a/b', 'refs/heads/a.b', 'refs/heads/@', 'refs/heads/a@{b', 'refs/heads/a~', 'refs/heads/a^', 'refs/heads/a:', 'refs/heads/a?', 'refs/heads/a*'];
    names.push('refs/heads/a[', 'refs/heads/a\\', 'refs/heads/a.', 'refs/heads/a/', 'refs/heads//a', 'refs/heads/a..b', 'refs/heads/a.lock/b', 'refs/heads/-a', 'refs/heads/ä', 'refs/heads/a\u007f', 'refs/heads/x.locked');
    for (const name of names) {
      const accepted = await repository.git('check-ref-format', name).then(
        () => true,
        () => false,
      );
      expect([name, isRefName(name)]).toEqual([name, accepted]);
    }
  });
});
