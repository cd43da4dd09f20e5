import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { appendFileSync, closeSync, openSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { LOG_LIMITS, cutLog } from './log-file.js';
import type { LogLimits } from './log-file.js';

export interface ProcessSpec {
  /** The script that node runs. */
  readonly script: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Told each line that it writes, which is in the log as well. */
  readonly onLine?: (line: string) => void;
  /** Told when it ends by itself. */
  readonly onUnexpectedEnd: (detail: string) => void;
}

const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 30_000;
const CALM = 60_000;
const END_WITHIN = 10_000;

/** All processes of an `up`. The first one is what the others need: it ends last. */
export class Processes {
  private readonly started: SupervisedProcess[] = [];
  private readonly looking: NodeJS.Timeout;
  private readonly cutting = new Map<string, Promise<void>>();
  private ended = false;

  constructor(private readonly limits: LogLimits = LOG_LIMITS) {
    this.looking = setInterval(() => this.started.forEach(({ logFile }) => this.cut(logFile)), limits.every).unref();
  }

  /** @throws Error after the end has begun: nothing that is still under way then starts anything. */
  start(spec: ProcessSpec): SupervisedProcess {
    if (this.ended) throw new Error('nothing is started any more');
    const child = new SupervisedProcess(spec);
    this.started.push(child);
    child.start();
    return child;
  }

  async end(): Promise<void> {
    this.ended = true;
    clearInterval(this.looking);
    const [first, ...others] = this.started;
    await Promise.all(others.map((child) => child.stop()));
    await first?.stop();
    await Promise.all(this.cutting.values());
  }

  private cut(logFile: string): void {
    if (this.cutting.has(logFile)) return;
    const cutting = cutLog(logFile, this.limits)
      // a log that cannot be cut now is looked at again
      .catch(() => undefined)
      .finally(() => this.cutting.delete(logFile));
    this.cutting.set(logFile, cutting);
  }
}

/** A child that ends when we end, however we end (its standard input closes), and that is started again when it falls over. */
class SupervisedProcess {
  private child: ChildProcess | undefined;
  private stopping = false;
  private pause = FIRST_PAUSE;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly spec: ProcessSpec) {}

  get logFile(): string {
    return this.spec.logFile;
  }

  start(): void {
    const log = openSync(this.spec.logFile, 'a', 0o600);
    const out = this.spec.onLine ? 'pipe' : log;
    const startedAt = Date.now();
    const child = spawn(process.execPath, ['--enable-source-maps', this.spec.script], {
      stdio: ['pipe', out, out],
      env: environmentOf(this.spec),
    });
    closeSync(log);
    this.child = child;
    this.listen(child);
    child.stdin?.on('error', () => undefined);
    child.once('error', (error) => this.spec.onUnexpectedEnd(error.message));
    child.once('exit', (code, signal) => this.ended(startedAt, code === null ? `signal ${signal ?? '?'}` : `exit code ${code}`));
  }

  private listen({ stdout, stderr }: ChildProcess): void {
    const { onLine, logFile } = this.spec;
    if (!onLine) return;
    for (const input of [stdout, stderr]) {
      if (!input) continue;
      createInterface({ input }).on('line', (line) => {
        appendFileSync(logFile, `${line}\n`, { mode: 0o600 });
        onLine(line);
      });
    }
  }

  /** Asks it to end, and kills it when it does not within 10 s. */
  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    const killer = setTimeout(() => child.kill('SIGKILL'), END_WITHIN);
    child.kill('SIGTERM');
    await gone;
    clearTimeout(killer);
  }

  private ended(startedAt: number, how: string): void {
    if (this.stopping) return;
    this.spec.onUnexpectedEnd(how);
    if (Date.now() - startedAt > CALM) this.pause = FIRST_PAUSE;
    this.timer = setTimeout(() => this.start(), this.pause);
    this.pause = Math.min(this.pause * 2, LONGEST_PAUSE);
  }
}

/** What a child is started with. It ends with us. */
export function environmentOf({ environment }: Pick<ProcessSpec, 'environment'>): Record<string, string> {
  return { ...inheritedEnvironment(), ...environment, SLUICE_PARENT: 'stdin' };
}

/** What a child needs of ours; settings of Sluice itself are given explicitly. */
function inheritedEnvironment(): Record<string, string> {
  return Object.fromEntries(Object.entries(process.env).flatMap(([name, value]) => (value === undefined || /^(SLUICE|GIT|SLACK)_/.test(name) ? [] : [[name, value]])));
}
