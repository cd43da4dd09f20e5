import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { err, ok, printable, type Result } from '@sluice/kernel';
import type { AfterChange } from '@sluice/sync';

const MAX_OUTPUT_CHARS = 8_000;

export interface AfterChangeOptions {
  /** Program and arguments, from this machine's settings; no shell. */
  readonly argv: readonly string[];
  readonly targetFolder: string;
  /** A folder for working folders, one a run, empty and removed afterwards. */
  readonly scratchFolder: string;
  /** Milliseconds. */
  readonly deadline: number;
}

/** Runs the command of this machine's settings after a change: nothing from the repository is in its arguments or its environment but the commit's name. */
export class RunAfterChange implements AfterChange {
  constructor(private readonly options: AfterChangeOptions) {}

  async run(commit: string): Promise<Result<void, string>> {
    const folder = await mkdtemp(join(this.options.scratchFolder, 'after-change-'));
    try {
      return await this.runIn(folder, commit);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  private runIn(cwd: string, commit: string): Promise<Result<void, string>> {
    const [program = '', ...args] = this.options.argv;
    const child = spawn(program, args, { cwd, env: this.environment(commit), stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    let output = '';
    let late = false;
    const collect = (chunk: Buffer) => (output = (output + chunk.toString('utf8')).slice(-MAX_OUTPUT_CHARS));
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const timer = setTimeout(() => {
      late = true;
      killGroup(child.pid);
    }, this.options.deadline);
    return new Promise((resolve) => {
      const settle = (result: Result<void, string>) => {
        clearTimeout(timer);
        // what it left running in its group ends with it
        killGroup(child.pid);
        resolve(result);
      };
      child.once('error', (error) => settle(err(`${program} could not be started: ${error.message}`)));
      child.once('exit', (code, signal) => settle(code === 0 ? ok(undefined) : err(told(late ? `took longer than ${this.options.deadline} ms and was ended` : `ended with ${signal ?? `exit code ${code}`}`, output))));
    });
  }

  private environment(commit: string): Record<string, string> {
    return { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', SLUICE_COMMIT: commit, SLUICE_TARGET_DIR: this.options.targetFolder };
  }
}

function told(what: string, output: string): string {
  const text = printable(output.trim(), 400);
  return text === '' ? `the command ${what}` : `the command ${what}: ${text}`;
}

function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // it has ended
  }
}
