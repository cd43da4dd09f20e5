import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { InvalidInput, messageOf } from '@sluice/kernel';
import { GitFailed, runGit } from '@sluice/git-process';
import type { GitOptions, GitOutput } from '@sluice/git-process';

type Variables = Readonly<Record<string, string | undefined>>;

/** The user's own clone. Only read: what is made of it is kept in a temporary folder, which goes with {@link close}. */
export class Clone {
  private constructor(
    /** Its work tree. */
    readonly root: string,
    readonly gitDir: string,
    /** A folder for objects and an index that are not the clone's. */
    readonly own: string,
    private readonly environment: Variables,
  ) {}

  /** @throws InvalidInput for a folder that is in no work tree. */
  static async open(folder: string, environment: Variables): Promise<Clone> {
    const found = await locate(resolve(folder), userVariables(environment));
    const own = await mkdtemp(join(environment['TMPDIR'] ?? tmpdir(), 'sluice-plan-'));
    // without it git takes the clone for none
    await mkdir(join(own, 'objects'));
    return new Clone(found.root, found.gitDir, own, { ...userVariables(environment), GIT_OBJECT_DIRECTORY: join(own, 'objects'), GIT_ALTERNATE_OBJECT_DIRECTORIES: join(found.commonDir, 'objects') });
  }

  /** Runs git in it, as its user would, but for hooks and file system monitors. New objects go to {@link own}. */
  git(args: readonly string[], options: Omit<GitOptions, 'cwd' | 'gitDir'> = {}): Promise<GitOutput> {
    return runGit(args, { ...options, cwd: this.root, env: { ...defined(this.environment), ...options.env } });
  }

  async text(args: readonly string[], options: Omit<GitOptions, 'cwd' | 'gitDir'> = {}): Promise<string> {
    return (await this.git(args, options)).stdout.toString('utf8').trim();
  }

  /** A commit by any name that git knows. */
  async commit(name: string): Promise<string | undefined> {
    // git before 2.43 takes no --end-of-options here
    if (name.startsWith('-')) return undefined;
    const { stdout, exitCode } = await this.git(['rev-parse', '--verify', '--quiet', `${name}^{commit}`], { answers: [1, 128] });
    return exitCode === 0 ? stdout.toString('utf8').trim() : undefined;
  }

  /** The branch that is checked out; undefined when none is. */
  async branch(): Promise<string | undefined> {
    return (await this.text(['symbolic-ref', '--quiet', '--short', 'HEAD'], { answers: [1] })) || undefined;
  }

  /** The branch, by its name on the remote, that the one which is checked out follows. */
  async upstream(): Promise<string | undefined> {
    const branch = await this.branch();
    const merge = branch === undefined ? '' : await this.text(['config', '--get', `branch.${branch}.merge`], { answers: [1] });
    return merge.startsWith('refs/heads/') ? merge.slice('refs/heads/'.length) : undefined;
  }

  /** URLs of its remotes, as they are configured. */
  async remotes(): Promise<readonly string[]> {
    const listed = await this.git(['config', '--null', '--get-regexp', '^remote\\..*\\.url$'], { answers: [1] });
    return entries(listed.stdout).flatMap((entry) => entry.split('\n').slice(1, 2));
  }

  async close(): Promise<void> {
    await rm(this.own, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The entries of an output of `-z`. */
export function entries(bytes: Buffer): readonly string[] {
  return bytes.toString('utf8').split('\0').filter((entry) => entry !== '');
}

interface Located {
  readonly root: string;
  readonly gitDir: string;
  readonly commonDir: string;
}

async function locate(cwd: string, variables: Variables): Promise<Located> {
  try {
    const { stdout } = await runGit(['rev-parse', '--path-format=absolute', '--show-toplevel', '--absolute-git-dir', '--git-common-dir'], { cwd, env: defined(variables) });
    const [root = '', gitDir = '', commonDir = ''] = stdout.toString('utf8').split('\n');
    return { root, gitDir, commonDir };
  } catch (error) {
    throw new InvalidInput(whyNot(cwd, error), { cause: error });
  }
}

function whyNot(folder: string, error: unknown): string {
  const said = error instanceof GitFailed ? error.stderr : '';
  if (/dubious ownership/.test(said)) return `${folder} belongs to another user, and git does not read it then`;
  if (/must be run in a work tree/.test(said)) return `${folder} has no work tree: name the folder of a clone`;
  return /not a git repository/.test(said) ? `${folder} is not in a git repository: name the folder of a clone` : `${folder} cannot be read as a git repository: ${messageOf(error)}`;
}

/** What git takes of its user: their ignored files, line endings and name. Without it, what a plan takes would not be what a commit takes. */
function userVariables(environment: Variables): Variables {
  const home = environment['HOME'] ?? homedir();
  return { HOME: home, XDG_CONFIG_HOME: environment['XDG_CONFIG_HOME'], GIT_CONFIG_GLOBAL: environment['GIT_CONFIG_GLOBAL'] ?? join(home, '.gitconfig'), GIT_CONFIG_NOSYSTEM: '0', GIT_ATTR_NOSYSTEM: '0' };
}

function defined(variables: Variables): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}
