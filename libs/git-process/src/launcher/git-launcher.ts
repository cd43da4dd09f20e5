import { spawn } from 'node:child_process';
import { LaunchedProcess } from './launched-process.js';
import { newSocketPath, removeSocket } from './launcher-folder.js';
import type { LaunchOrder } from './order.js';

/** Starts git for this process until it is closed. */
export interface GitLauncher {
  readonly pid: number;
  /** Processes that it has started are ended. */
  close(): Promise<void>;
}

let current: { readonly path: string } | undefined;

/**
 * From now on git is started by a small process instead of this one. Node starts a process with fork(2), which copies the page table of the whole process while the event loop stands still:
 * with 300 MiB resident that takes 26 ms where a small process takes 2 ms. For servers; a short or small process is better off without. When the launcher dies, git is started directly again,
 * and processes that it had started count as killed.
 * @throws Error when Node cannot be started.
 */
export async function startGitLauncher(): Promise<GitLauncher> {
  const path = await newSocketPath();
  const child = spawn(process.execPath, ['--max-old-space-size=64', launcherEntry().pathname, path], { stdio: ['pipe', 'pipe', 'inherit'], env: {} });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.stdout.once('data', () => resolve());
    void exited.then(() => reject(new Error('the process that starts git has ended')));
  });
  const mine = { path };
  current = mine;
  const gone = exited.then(() => {
    if (current === mine) current = undefined;
    return removeSocket(path);
  });
  child.stdin.on('error', () => undefined);
  child.unref();
  return {
    pid: child.pid ?? 0,
    close: async () => {
      if (current === mine) current = undefined;
      child.stdin.end();
      await gone;
    },
  };
}

/** @returns undefined when there is no launcher: start it yourself. */
export function launch(order: LaunchOrder): LaunchedProcess | undefined {
  return current && new LaunchedProcess(current.path, order);
}

// Node cannot run TypeScript: tests, which read this library from its source, use the built file
function launcherEntry(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? '../../dist/launcher/launcher-entry.js' : './launcher-entry.js', import.meta.url);
}
