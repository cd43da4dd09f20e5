import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Conflict, Forbidden, NotFound } from '@sluice/kernel';
import { FolderLocked, lockFolder } from '@sluice/runtime';

const END_WITHIN = 30_000;

/** Ends the `up` that holds the folder. @returns false when none does. @throws Conflict when it does not end; Forbidden when it is somebody else's. */
export async function runDown(data: string): Promise<boolean> {
  if (!(await stat(data).catch(() => undefined))) throw new NotFound(`there is no folder ${data}: give the one of \`sluice up\` with --data`);
  const holder = await holderOf(data);
  if (!holder) return false;
  if (holder.pid === undefined) throw new Conflict(`something holds ${data}, but does not say which process it is: end it by hand`);
  end(holder.pid);
  for (const until = Date.now() + END_WITHIN; Date.now() < until; await pause(100)) if (!(await holderOf(data))) return true;
  throw new Conflict(`process ${holder.pid} has not ended within 30 s: look at ${join(data, 'logs')}`);
}

async function holderOf(data: string): Promise<FolderLocked | undefined> {
  try {
    await (await lockFolder(data)).release();
    return undefined;
  } catch (error) {
    if (error instanceof FolderLocked) return error;
    throw error;
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGTERM');
  } catch (error) {
    // otherwise it has ended meanwhile, as it shall
    if ((error as NodeJS.ErrnoException).code === 'EPERM') throw new Forbidden(`process ${pid} is another user's: end it as that user`, { cause: error });
  }
}
