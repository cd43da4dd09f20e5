import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@sluice/testing';

const MAIN = join(import.meta.dirname, '../dist/main.js');

export interface StartedProcess {
  readonly child: ChildProcess;
  /** What it has written so far. */
  log(): string;
  /** Its exit code; null when a signal ended it. */
  exit(): Promise<number | null>;
}

/** Where built servers are started as processes of their own, one after the other. */
export class ServerHome {
  private readonly children: ChildProcess[] = [];

  private constructor(
    readonly folder: string,
    readonly port: number,
    readonly token: string,
  ) {}

  static async make(): Promise<ServerHome> {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-main-'));
    const token = `slt_${'m'.repeat(43)}`;
    await writeFile(join(folder, 'bootstrap.json'), JSON.stringify({ admin: { name: 'ada', displayName: 'Ada' }, adminToken: token }), { mode: 0o600 });
    return new ServerHome(folder, await freePort(), token);
  }

  start(environment: Readonly<Record<string, string>> = {}): StartedProcess {
    const { folder, port } = this;
    const child = spawn(process.execPath, [MAIN], {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: { PATH: process.env['PATH'], TMPDIR: tmpdir(), SLUICE_DATA: join(folder, 'data'), SLUICE_PORT: String(port), SLUICE_PARENT: 'stdin', SLUICE_BOOTSTRAP: join(folder, 'bootstrap.json'), ...environment },
    });
    this.children.push(child);
    let text = '';
    child.stderr?.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
    return { child, log: () => text, exit: () => exitOf(child) };
  }

  /** Waits for an answer that is as wanted. @throws Error with the log when the process ends first. */
  async until(process: StartedProcess, path: string, wanted: (answer: Response) => boolean): Promise<unknown> {
    while (process.child.exitCode === null && process.child.signalCode === null) {
      const answer = await this.get(path).catch(() => undefined);
      if (answer && wanted(answer)) return answer.json();
      await sleep(100);
    }
    throw new Error(`it ended first: ${process.log()}`);
  }

  async untilReady(process: StartedProcess): Promise<void> {
    await this.until(process, '/readyz', ({ ok }) => ok);
  }

  /** As the first administrator. */
  get(path: string): Promise<Response> {
    return fetch(`http://127.0.0.1:${this.port}${path}`, { headers: { authorization: `Bearer ${this.token}` } });
  }

  async remove(): Promise<void> {
    for (const child of this.children) child.kill('SIGKILL');
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
}
