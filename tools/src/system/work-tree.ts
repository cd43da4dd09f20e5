import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Plain git in a folder of its own, as a developer uses it. */
export class WorkTree {
  private constructor(
    readonly folder: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  static async create(environment: Readonly<Record<string, string>> = {}): Promise<WorkTree> {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-tree-'));
    const tree = new WorkTree(folder, environment);
    await tree.git('init', '--quiet', '--initial-branch=unborn');
    return tree;
  }

  async git(...args: readonly string[]): Promise<string> {
    const identity = { GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.org', GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.org' };
    const { stdout } = await run('git', args, { cwd: this.folder, maxBuffer: 1 << 28, env: { PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1', ...identity, ...this.environment } });
    return stdout;
  }

  /** Starts a branch without history that has exactly these files. */
  async orphan(branch: string, files: ReadonlyMap<string, string>): Promise<void> {
    await this.git('checkout', '--quiet', '--orphan', branch);
    await this.replace(files, `begin ${branch}`);
  }

  /** Commits exactly these files. */
  async replace(files: ReadonlyMap<string, string>, message: string): Promise<void> {
    await this.git('rm', '-rfq', '--ignore-unmatch', '.');
    for (const [path, text] of files) {
      await mkdir(dirname(join(this.folder, path)), { recursive: true });
      await writeFile(join(this.folder, path), text);
    }
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--allow-empty', '-m', message);
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}
