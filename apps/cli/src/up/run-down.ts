import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Conflict, NotFound } from '@sluice/kernel';
import { FolderLocked, lockFolder } from '@sluice/runtime';
import { z } from 'zod';

const STATE = z.object({ pid: z.number().int().positive() });
const END_WITHIN = 30_000;

/** Where `up` notes its process; only believed while the folder is locked. */
export function stateFile(data: string): string {
  return join(data, 'up.json');
}

/** Ends the `up` that holds the folder. @returns false when none does. @throws Conflict when it does not end. */
export async function runDown(data: string): Promise<boolean> {
  if (!(await stat(data).catch(() => undefined))) throw new NotFound(`there is no folder ${data}: give the one of \`sluice up\` with --data`);
  if (await isFree(data)) return false;
  const state = STATE.safeParse(JSON.parse(await readFile(stateFile(data), 'utf8').catch(() => 'null')));
  if (!state.success) throw new Conflict(`something holds ${data}, but it is not known which process: end it by hand`);
  process.kill(state.data.pid, 'SIGTERM');
  for (const until = Date.now() + END_WITHIN; Date.now() < until; await pause(100)) if (await isFree(data)) return true;
  throw new Conflict(`process ${state.data.pid} has not ended within 30 s: look at ${join(data, 'logs')}`);
}

async function isFree(data: string): Promise<boolean> {
  try {
    await (await lockFolder(data)).release();
    return true;
  } catch (error) {
    if (error instanceof FolderLocked) return false;
    throw error;
  }
}
