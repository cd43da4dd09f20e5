import { type GitEnvironmentOptions, GitFailed, cleanStderr, countProcess, gitEnvironment, tellingLine } from '@sluice/git-process';
import { type SimpleGit, simpleGit } from 'simple-git';

export interface PorcelainOptions extends GitEnvironmentOptions {
  readonly folder: string;
  /** Milliseconds for the work as a whole. */
  readonly deadline: number;
}

// simple-git refuses these settings because callers may have let untrusted text into them; ours are constants of git-process, and each turns something off.
const OURS = {
  allowUnsafeAskPass: true,
  allowUnsafeConfigEnvCount: true,
  allowUnsafeConfigPaths: true,
  allowUnsafeCredentialHelper: true,
  allowUnsafeFsMonitor: true,
  allowUnsafeHooksPath: true,
  allowUnsafeSshCommand: true,
  allowUnsafeTemplateDir: true,
} as const;

/**
 * Runs porcelain through simple-git in the same clean environment as everything else.
 * @throws GitFailed with a message that holds no secret.
 */
export async function porcelain<T>(command: string, options: PorcelainOptions, work: (git: SimpleGit) => PromiseLike<T>): Promise<T> {
  const env = gitEnvironment(options);
  const abort = AbortSignal.timeout(options.deadline);
  const allowEnvironment = Object.keys(env).filter((name) => name.startsWith('GIT_'));
  const ended = countProcess(command);
  try {
    return await work(simpleGit({ baseDir: options.folder, unsafe: OURS, allowEnvironment, abort }).env(env));
  } catch (error) {
    throw asGitFailed(command, error, options, abort.aborted);
  } finally {
    ended();
  }
}

function asGitFailed(command: string, error: unknown, options: PorcelainOptions, timedOut: boolean): GitFailed {
  if (timedOut) return new GitFailed(`git ${command} took longer than ${options.deadline} ms and was ended`, { reason: 'deadline', command });
  const stderr = cleanStderr(error instanceof Error ? error.message : String(error), options.credential);
  // the error itself is no cause to keep: its text has not been cleaned
  return new GitFailed(`git ${command} failed: ${tellingLine(stderr)}`, { reason: 'exit', command, stderr });
}
