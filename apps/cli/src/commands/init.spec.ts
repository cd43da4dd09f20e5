import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Conflict, InvalidInput } from '@sluice/kernel';
import { parsePipeline } from '@sluice/pipeline';
import { temporaryFolder } from '@sluice/testing';
import { createProgram } from '../program.js';

describe('sluice init', () => {
  let folder: string;
  let remove: () => Promise<void>;
  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(() => remove());

  const git = (...args: readonly string[]): string => execFileSync('git', args, { cwd: folder, encoding: 'utf8', env: { PATH: process.env['PATH'], HOME: folder, GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.org', GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.org' } });

  /** The clone with these branches, each of which has these files; the last one is checked out. */
  function clone(branches: readonly string[], files: readonly string[]): void {
    git('init', '--quiet', '-b', branches[0] ?? 'main');
    for (const file of files) {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), 'a: 1\n');
    }
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '-m', 'begin');
    for (const branch of branches.slice(1)) git('branch', branch);
  }

  async function init(...args: readonly string[]): Promise<string> {
    const lines: string[] = [];
    const terminal = { out: (text: string) => void lines.push(text), err: (text: string) => void lines.push(text), interactive: false, now: Date.now };
    await createProgram({ terminal, environment: { HOME: folder }, folder }, '1.0.0').parseAsync(['init', folder, ...args], { from: 'user' });
    return lines.join('\n');
  }
  const written = () => parsePipeline(readFileSync(join(folder, 'sluice.yaml'), 'utf8'));

  it('writes what validate finds nothing wrong with: branches in their usual order, a folder of apps as an application each', async () => {
    clone(['main', 'production', 'dev', 'feature/dev', 'staging'], ['apps/check_out/a.yaml', 'apps/web/b.yml', 'apps/README.md', '.github/c.yaml', 'top.yaml']);
    expect(await init()).toContain('dev → staging → production; 2 applications (check-out, web).');
    const { pipeline, diagnostics } = written();
    expect(diagnostics).toEqual([]);
    expect(pipeline?.environments.map(({ name, branch, from }) => [name, branch, from])).toEqual([['dev', 'dev', []], ['staging', 'staging', ['dev']], ['production', 'production', ['staging']]]);
    expect(pipeline?.applications.map(({ name, paths }) => [name, paths])).toEqual([['check-out', ['apps/check_out/**']], ['web', ['apps/web/**']]]);
  });

  it('takes branches in a folder, and lets one application own what has no folders', async () => {
    clone(['main', 'env/dev', 'env/prod'], ['all.yaml']);
    expect(await init()).toContain('one application, which owns everything');
    expect(written().pipeline?.environments.map(({ name, branch }) => [name, branch])).toEqual([['dev', 'env/dev'], ['prod', 'env/prod']]);
  });

  it('takes the environments that are named, in that order, also before their branches exist', async () => {
    clone(['main', 'blue'], ['x.yaml']);
    await init('--environments', 'blue, green');
    expect(written().pipeline?.environments.map(({ name }) => name)).toEqual(['blue', 'green']);
  });

  it('prefers what a remote has to what the clone has not updated', async () => {
    clone(['dev', 'prod'], ['apps/old/a.yaml']);
    git('mv', 'apps/old', 'apps/new');
    git('commit', '--quiet', '-m', 'move');
    git('update-ref', 'refs/remotes/origin/dev', 'HEAD');
    git('reset', '--quiet', '--hard', 'HEAD~1');
    expect(await init('--print')).toContain('{ name: new, paths: ["apps/new/**"] }');
  });

  it('prints without writing, also as JSON', async () => {
    clone(['dev', 'prod'], []);
    expect(parsePipeline(await init('--print')).diagnostics).toEqual([]);
    expect(JSON.parse(await init('--print', '--output', 'json'))).toMatchObject({ written: false, environments: [{ name: 'dev', branch: 'dev' }, { name: 'prod', branch: 'prod' }], applications: [] });
    expect(existsSync(join(folder, 'sluice.yaml'))).toBe(false);
  });

  it('never writes over a file unasked', async () => {
    clone(['dev', 'prod'], []);
    writeFileSync(join(folder, 'sluice.yaml'), 'mine');
    await expect(init()).rejects.toBeInstanceOf(Conflict);
    expect(readFileSync(join(folder, 'sluice.yaml'), 'utf8')).toBe('mine');
    await init('--force');
    expect(written().diagnostics).toEqual([]);
  });

  it.each<[string, readonly string[], readonly string[], RegExp]>([
    ['no branch looks like an environment', ['main', 'trunk'], [], /the branches main, trunk, which do not look like environments: .*--environments/],
    ['one environment alone is named', ['main'], ['--environments', 'prod'], /name at least two/],
    ['a name is none', ['main'], ['--environments', 'dev,a b'], /no sluice\.yaml can be made of these names/],
  ])('says what to do when %s, and writes nothing', async (_, branches, args, message) => {
    clone(branches, ['x.yaml']);
    const initialising = init(...args);
    await expect(initialising).rejects.toBeInstanceOf(InvalidInput);
    await expect(initialising).rejects.toThrow(message);
    expect(existsSync(join(folder, 'sluice.yaml'))).toBe(false);
  });

  it('is for clones only', async () => {
    await expect(init()).rejects.toThrow(/is not in a git repository/);
  });
});
