import { execFile } from 'node:child_process';

export interface RanGit {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What it reads. */
  readonly input?: string;
}

/** Nothing of the user's configuration, no hooks, nobody asked. */
export const GIT_ENVIRONMENT: Readonly<Record<string, string>> = {
  PATH: process.env['PATH'] ?? '',
  HOME: '/nonexistent',
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Forge',
  GIT_AUTHOR_EMAIL: 'noreply@forge.example',
  GIT_COMMITTER_NAME: 'Forge',
  GIT_COMMITTER_EMAIL: 'noreply@forge.example',
};

/** Runs git to its end, whatever its exit code. */
export async function tryGit(args: readonly string[], { cwd, env = {}, input = '' }: RunOptions): Promise<RanGit> {
  return new Promise((resolve) => {
    const child = execFile('git', ['-c', 'core.hooksPath=/dev/null', '-c', 'gc.auto=0', ...args], { cwd, env: { ...GIT_ENVIRONMENT, ...env }, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : typeof error.code === 'number' ? error.code : -1, stdout, stderr });
    });
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** @returns what git printed. @throws Error with what it complained of */
export async function runGit(args: readonly string[], options: RunOptions): Promise<string> {
  const { code, stdout, stderr } = await tryGit(args, options);
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr || stdout}`);
  return stdout;
}
