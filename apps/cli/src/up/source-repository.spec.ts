import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { InvalidInput } from '@sluice/kernel';
import { temporaryFolder } from '@sluice/testing';
import { fetchSource } from './source-repository.js';

describe('a repository to take over', () => {
  let folder: string;
  let remove: () => Promise<void>;
  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(() => remove());

  const never = new AbortController().signal;
  const git = (...args: readonly string[]): string => execFileSync('git', args, { cwd: folder, encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: folder, GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.org', GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.org' } });
  const repository = (first: string, ...others: readonly string[]): void => {
    git('init', '--quiet', '-b', first);
    git('commit', '--quiet', '--allow-empty', '-m', 'begin');
    for (const branch of others) git('branch', branch);
  };

  it.each([
    [['dev', 'main', 'qa'], 'main'],
    [['trunk', 'dev'], 'trunk'],
  ])('with the branches %j has its pipeline file on %s', async ([first = '', ...others], configBranch) => {
    repository(first, ...others);
    const source = await fetchSource({ url: folder }, never);
    expect(source.configBranch).toBe(configBranch);
    expect(git('--git-dir', source.gitDir, 'for-each-ref', '--format=%(refname:short)').trim().split('\n').toSorted()).toEqual([first, ...others].toSorted());
    await source.remove();
  });

  it.each([
    ['is not there', () => undefined, 'missing', 'cannot be fetched: git clone failed'],
    ['has no branches', () => void git('init', '--quiet'), '.', 'it has no branches'],
  ])('that %s is refused, and says why', async (_, prepare, path, message) => {
    prepare();
    const fetching = fetchSource({ url: join(folder, path) }, never);
    await expect(fetching).rejects.toThrow(InvalidInput);
    await expect(fetching).rejects.toThrow(message);
  });

  it('is not waited for after the end was asked for', async () => {
    repository('main');
    await expect(fetchSource({ url: folder }, AbortSignal.abort())).rejects.toThrow(/abort/i);
  });
});
