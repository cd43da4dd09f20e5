import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** An empty folder and what removes it. */
export async function temporaryFolder(): Promise<{ readonly folder: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-test-'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}

export interface OtherProcess {
  readonly pid: number;
  /** The next line that it prints, or undefined when it has ended. */
  line(): Promise<string | undefined>;
  /** kill -9; resolves when the process is gone. Lines that were printed before can still be read. */
  kill(): Promise<void>;
}

export interface OtherProgram {
  /** URL of a built module (Node does not run TypeScript); the program knows it as `built`. */
  readonly module: string;
  /** The program knows it as `folder`. */
  readonly folder: string;
  readonly program: string;
}

/** Runs a program in a process of its own, which ends with this one. */
export function otherProcess({ module, folder, program }: OtherProgram): OtherProcess {
  const code = `process.stdin.on('end', () => process.exit(1)).resume();
    const folder = process.argv[1]; const built = await import(${JSON.stringify(module)}); ${program}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, folder], { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = ended(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const line = async (): Promise<string | undefined> => {
    const { value, done } = await lines.next();
    return done ? undefined : value;
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await gone;
  };
  return { pid: child.pid ?? 0, line, kill };
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('exit', () => resolve()));
}
