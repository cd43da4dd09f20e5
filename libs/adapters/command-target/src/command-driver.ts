import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '@sluice/kernel';
import type { PreparedTest, TestDriver, TestOutcome } from '@sluice/sync';
import { bareEnvironment } from './process/bare-environment.js';
import { endMarked } from './process/end-processes.js';
import { layOutFiles } from './process/lay-out-files.js';
import { removeFolder } from './process/remove-folder.js';
import { runCommand } from './process/run-command.js';

const MARK = 'SLUICE_TEST_RUN';

/** Runs tests as commands of this machine: in a copy of the application's files that is made for it and removed afterwards, with an environment that has nothing of the agent's in it. */
export class CommandDriver implements TestDriver {
  /** @param folder of the agent's own; everything in it is removed. */
  constructor(private readonly folder: string) {}

  async run({ order, files }: PreparedTest, signal: AbortSignal): Promise<TestOutcome> {
    const [work, home] = [join(this.folder, 'files'), join(this.folder, 'home')];
    try {
      await removeFolder(this.folder);
      for (const folder of [this.folder, work, home]) await mkdir(folder, { recursive: true, mode: 0o700 });
      await layOutFiles(work, files, () => signal.aborted);
      if (signal.aborted) return unprepared('lost', 'the agent ended before it began');
      const { command: argv, timeoutMs: timeout } = order.test;
      return await runCommand({ mark: { variable: MARK, run: order.run }, argv, cwd: work, environment: environmentOf({ order, files }, home), timeout }, signal);
    } catch (error) {
      return unprepared('unprepared', messageOf(error));
    } finally {
      // what stays is in the way of the next one, which says so
      await removeFolder(this.folder).catch(() => undefined);
    }
  }

  async clear(run: string): Promise<void> {
    await endMarked({ variable: MARK, run });
    await removeFolder(this.folder).catch(() => undefined);
  }
}

function environmentOf({ order }: PreparedTest, home: string): Readonly<Record<string, string>> {
  const { environment, application, commit, test, run } = order;
  return {
    ...bareEnvironment(home),
    SLUICE_ENVIRONMENT: environment,
    SLUICE_APPLICATION: application,
    SLUICE_REVISION: commit,
    SLUICE_TEST: test.name,
    [MARK]: run,
  };
}

function unprepared(outcome: 'unprepared' | 'lost', message: string): TestOutcome {
  return { outcome, durationMs: 0, message, output: '' };
}
