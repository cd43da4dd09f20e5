import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { API } from '@sluice/contracts';
import { LocalSystem } from '@sluice/testing';
import { CommanderError } from 'commander';
import { exitCodeOf } from './exit-code.js';
import { createProgram, usageExitCode } from './program.js';

const run = promisify(execFile);

export const START_TIMEOUT = 180_000;

/** Path to text; null deletes. */
export type Files = Readonly<Record<string, string | null | { readonly link: string }>>;

export interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A clone as its user has it. */
export class TestClone {
  constructor(
    readonly folder: string,
    private readonly environment: Readonly<Record<string, string>> = {},
  ) {}

  async git(...args: readonly string[]): Promise<string> {
    const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.org', GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.org', ...this.environment };
    return (await run('git', args, { cwd: this.folder, env })).stdout.trim();
  }

  async write(files: Files): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      const full = join(this.folder, path);
      await rm(full, { force: true, recursive: true });
      if (text === null) continue;
      await mkdir(dirname(full), { recursive: true });
      await (typeof text === 'string' ? writeFile(full, text) : symlink(text.link, full));
    }
  }

  async commit(files: Files, message = 'Change'): Promise<string> {
    await this.write(files);
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--allow-empty', '--message', message);
    return this.git('rev-parse', 'HEAD');
  }
}

/** A whole Sluice with one repository, its command line in this process, and clones. */
export class TestSystem {
  private count = 0;

  private constructor(
    readonly system: LocalSystem,
    readonly folder: string,
  ) {}

  /** Starts it with these branches; the first one has the pipeline file. */
  static async start(branches: Readonly<Record<string, Files>>, environment: Readonly<Record<string, string>> = {}): Promise<TestSystem> {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-cli-'));
    try {
      const seed = new TestClone(join(folder, 'seed'));
      await mkdir(seed.folder);
      await mkdir(join(folder, 'temporary'));
      await seed.git('init', '--quiet', '--initial-branch=unborn');
      for (const [branch, files] of Object.entries(branches)) {
        await seed.git('checkout', '--quiet', '--orphan', branch);
        await seed.git('rm', '-rfq', '--ignore-unmatch', '.');
        await seed.commit(files, `begin ${branch}`);
      }
      return new TestSystem(await LocalSystem.start({ repository: seed.folder, data: join(folder, 'data'), environment }), folder);
    } catch (error) {
      await rm(folder, { recursive: true, force: true });
      throw error;
    }
  }

  /** Where commands put what they need for a while. */
  get temporary(): string {
    return join(this.folder, 'temporary');
  }

  /** What a user would see of a command, in a folder of theirs. */
  async sluice(args: readonly string[], { folder = this.folder, token = this.system.token, environment = {}, onErr }: { readonly folder?: string; readonly token?: string; readonly environment?: Readonly<Record<string, string>>; readonly onErr?: (text: string) => void } = {}): Promise<Answer> {
    const out: string[] = [];
    const err: string[] = [];
    const say = (text: string): void => {
      err.push(text);
      onErr?.(text);
    };
    const terminal = { out: (text: string) => void out.push(text), err: say, interactive: false, now: Date.now };
    const home = { HOME: join(this.folder, 'home'), TMPDIR: this.temporary, GIT_CONFIG_GLOBAL: '/dev/null' };
    const answer = (code: number): Answer => ({ code, out: out.join('\n'), err: err.join('\n') });
    try {
      await createProgram({ terminal, folder, environment: { ...home, SLUICE_URL: this.system.url, SLUICE_TOKEN: token, ...environment } }, '0').parseAsync(['node', 'sluice', ...args]);
      return answer(0);
    } catch (error) {
      if (error instanceof CommanderError) return answer(usageExitCode(error.exitCode));
      err.push(error instanceof Error ? error.message : String(error));
      return answer(exitCodeOf(error));
    }
  }

  async clone(branch: string): Promise<TestClone> {
    const folder = join(this.folder, `clone-${++this.count}`);
    await run('git', ['clone', '--quiet', '--branch', branch, this.system.repository, folder], { env: { ...process.env, ...this.system.gitEnvironment } });
    const clone = new TestClone(folder, this.system.gitEnvironment);
    await clone.git('config', 'user.name', 'Ada');
    await clone.git('config', 'user.email', 'ada@example.org');
    return clone;
  }

  /** Every lane has looked at what there is, and nothing moves. */
  async rest(): Promise<void> {
    await eventually('every lane is in sync', async () => {
      const { cells, environments } = await this.system.call(API.matrix, { params: { repository: this.system.repositoryId } });
      const first = new Set<string>(environments.filter(({ from }) => from.length === 0).map(({ name }) => name));
      return cells.length > 0 && cells.every(({ environment, condition }) => first.has(environment) || condition === 'in-sync');
    });
  }

  async stop(): Promise<void> {
    await this.system.stop();
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Waits until something holds. @throws Error with what was waited for. */
export async function eventually(what: string, holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 90_000;
  for (;;) {
    if (await holds()) return;
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`);
    await new Promise((done) => setTimeout(done, 200));
  }
}
