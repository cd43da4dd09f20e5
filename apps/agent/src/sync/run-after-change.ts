import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { bareEnvironment, removeFolder, runCommand } from '@sluice/command-target';
import { err, ok, printable, type Result } from '@sluice/kernel';
import type { AfterChange } from '@sluice/sync';

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
    const { argv, targetFolder, scratchFolder, deadline } = this.options;
    const cwd = await mkdtemp(join(scratchFolder, 'after-change-'));
    const environment = { ...bareEnvironment(cwd), SLUICE_COMMIT: commit, SLUICE_TARGET_DIR: targetFolder };
    try {
      // a service that it starts anew may leave its group, and stays
      const { outcome, exitCode, signal, message, output } = await runCommand({ argv, cwd, environment, timeout: deadline }, new AbortController().signal);
      if (outcome === 'not-started') return err(`${argv[0] ?? ''} could not be started: ${message}`);
      if (outcome === 'exited' && exitCode === 0) return ok(undefined);
      return err(told(outcome === 'timed-out' ? `took longer than ${deadline} ms and was ended` : `ended with ${signal ?? `exit code ${exitCode ?? '?'}`}`, output));
    } finally {
      await removeFolder(cwd);
    }
  }
}

function told(what: string, output: string): string {
  const text = printable(output.trim(), 400);
  return text === '' ? `the command ${what}` : `the command ${what}: ${text}`;
}
