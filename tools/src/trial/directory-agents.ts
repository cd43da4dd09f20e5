import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { API } from '@sluice/contracts';
import type { LocalSystem } from '@sluice/testing';

const AGENT = fileURLToPath(new URL('../../../apps/agent/dist/main.js', import.meta.url));

interface Place {
  readonly system: LocalSystem;
  readonly repository: string;
  /** What they fetch from, and the token that is theirs there. */
  readonly git: { readonly url: string; readonly token: string };
}

/** Built agents that keep a folder for each environment of a connected repository: `sluice up` starts those of its own repository only. */
export class DirectoryAgents {
  private readonly running: ChildProcess[] = [];

  constructor(private readonly place: Place) {}

  folderOf(environment: string): string {
    return join(this.place.system.data, 'connected', environment, 'target');
  }

  async start(environment: string): Promise<void> {
    const { system, repository, git } = this.place;
    const folder = join(system.data, 'connected', environment);
    await mkdir(this.folderOf(environment), { recursive: true });
    const tokenFile = join(folder, 'git-token');
    await writeFile(tokenFile, git.token, { mode: 0o600 });
    const { token } = await system.call(API.createJoinToken, { body: { cluster: `${repository}-${environment}`, repository, environment } });
    const source = { SLUICE_GIT_URL: git.url, SLUICE_GIT_TOKEN_FILE: tokenFile };
    const own = { SLUICE_SERVER_URL: system.url, SLUICE_JOIN_TOKEN: token, SLUICE_AGENT_DATA: join(folder, 'data'), SLUICE_TARGET_DIR: this.folderOf(environment) };
    const env = { PATH: process.env['PATH'], HOME: '/nonexistent', ...source, ...own, SLUICE_LOG_LEVEL: 'warn', SLUICE_PARENT: 'stdin' };
    const child = spawn(process.execPath, [AGENT], { env, stdio: ['pipe', 'ignore', 'inherit'] });
    this.running.push(child);
    await once(child, 'spawn');
  }

  async stop(): Promise<void> {
    await Promise.all(
      this.running.map(async (child) => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        child.kill('SIGTERM');
        await once(child, 'exit');
      }),
    );
  }
}
