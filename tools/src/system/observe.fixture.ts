import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The built command line. */
export const CLI = fileURLToPath(new URL('../../../apps/cli/dist/main.js', import.meta.url));

/** Resolves as soon as the check says yes; one that throws says no. */
export async function eventually(what: string, check: () => Promise<boolean>, within = 90_000): Promise<void> {
  for (const until = Date.now() + within; Date.now() < until; await pause(200)) if (await check().catch(() => false)) return;
  throw new Error(`not within ${within / 1000} s: ${what}`);
}

/** Processes whose parent this is. */
export async function childrenOf(pid: number, script = ''): Promise<readonly number[]> {
  const { stdout } = await run('ps', ['-o', 'pid=,args=', '--ppid', String(pid)]).catch(() => ({ stdout: '' }));
  return stdout.split('\n').flatMap((line) => (line.includes(script) && line.trim() !== '' ? [Number(line.trim().split(/\s+/)[0])] : []));
}
