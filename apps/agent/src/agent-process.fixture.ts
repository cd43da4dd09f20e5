import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TestControlPlane } from './control-plane.fixture.js';
import { TestRepository } from './git-repository.fixture.js';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const TOKEN = 'a-join-token-of-this-test';

/** A running agent: the real program as a process of its own. */
export interface RunningAgent {
  readonly process: ChildProcess;
  readonly output: () => string;
  readonly exit: Promise<number | null>;
  kill(signal?: NodeJS.Signals): Promise<number | null>;
}

/** A repository, a control plane, and folders for one agent. */
export class World {
  readonly base = realpathSync(mkdtempSync(join(tmpdir(), 'sluice-agent-')));
  readonly target = join(this.base, 'live');
  readonly data = join(this.base, 'agent');
  readonly repository = new TestRepository(this.base);
  readonly control = new TestControlPlane(this.repository.bare);
  private readonly agents: RunningAgent[] = [];

  async open(): Promise<this> {
    this.control.tokens.set(TOKEN, {});
    await this.control.start();
    return this;
  }

  async close(): Promise<void> {
    await Promise.all(this.agents.map((agent) => agent.kill('SIGKILL')));
    await this.control.stop().catch(() => undefined);
    rmSync(this.base, { recursive: true, force: true });
  }

  agent(env: Readonly<Record<string, string>> = {}, args: readonly string[] = []): RunningAgent {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: {
        PATH: process.env['PATH'],
        HOME: '/nonexistent',
        SLUICE_SERVER_URL: this.control.url,
        SLUICE_JOIN_TOKEN: TOKEN,
        SLUICE_AGENT_DATA: this.data,
        SLUICE_TARGET_DIR: this.target,
        SLUICE_SYNC_INTERVAL: '2s',
        SLUICE_HEARTBEAT_INTERVAL: '500ms',
        SLUICE_LOG_LEVEL: 'debug',
        ...env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    const exit = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
    const running: RunningAgent = { process: child, output: () => output, exit, kill: (signal = 'SIGTERM') => (child.exitCode === null && child.kill(signal), exit) };
    this.agents.push(running);
    return running;
  }

  /** The newest report that the control plane holds. */
  get report() {
    return this.control.reports.at(-1);
  }

  /** Texts of the target by path; links as `→where`. */
  live(): Record<string, string> {
    return textsIn(this.target);
  }
}

export function textsIn(folder: string, prefix = ''): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const at = join(folder, entry.name);
    if (entry.isDirectory()) Object.assign(texts, textsIn(at, `${prefix}${entry.name}/`));
    // being written, and perhaps gone by now
    else if (entry.name.startsWith('.sluice-')) continue;
    else texts[prefix + entry.name] = entry.isSymbolicLink() ? `→${readlinkSync(at)}` : readFileSync(at, 'utf8');
  }
  return texts;
}

/** Waits until something holds; what it says when it never does is what was last seen. */
export async function until(holds: () => boolean | undefined, seen: () => unknown = () => '', patience = 28_000): Promise<void> {
  const end = Date.now() + patience;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`it never came to hold; seen: ${JSON.stringify(seen(), undefined, 1)}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
