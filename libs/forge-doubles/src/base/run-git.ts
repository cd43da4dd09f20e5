import { spawnGit, type GitProcess } from '@sluice/git-process';

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
const GIT_ENVIRONMENT: Readonly<Record<string, string>> = {
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

/** Runs git to its end, whatever its exit code; by a launcher where there is one: a worker of Jest with some dozen files behind it takes 150 ms to start a process. */
export async function tryGit(args: readonly string[], { cwd, env = {}, input = '' }: RunOptions): Promise<RanGit> {
  const { code, stdout, stderr } = await ended(spawnGit(args, { cwd, env: { ...GIT_ENVIRONMENT, ...env }, allowLocal: true }).process, input);
  return { code, stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
}

/** Runs git to its end, whatever its exit code. @returns that, and what it wrote, byte for byte */
export function outputOf(args: readonly string[], env: Readonly<Record<string, string>>, input: Uint8Array): Promise<{ readonly code: number; readonly stdout: Buffer }> {
  return ended(spawnGit(args, { env: { ...GIT_ENVIRONMENT, ...env } }).process, input);
}

/** `code`: -1 when it was killed or could not be started. */
async function ended(child: GitProcess, input: string | Uint8Array): Promise<{ readonly code: number; readonly stdout: Buffer; readonly stderr: Buffer }> {
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.end(input);
  await new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
  return { code: child.exitCode ?? -1, stdout: Buffer.concat(out), stderr: Buffer.concat(err) };
}

/** @returns what git printed. @throws Error with what it complained of */
export async function runGit(args: readonly string[], options: RunOptions): Promise<string> {
  const { code, stdout, stderr } = await tryGit(args, options);
  if (code !== 0) throw new Error(`git ${args.join(' ')}: ${stderr || stdout}`);
  return stdout;
}
