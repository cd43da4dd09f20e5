import { onEnd } from '@sluice/runtime';
import type { Context } from '../context.js';
import { Interrupted } from '../exit-code.js';
import { bringUp } from './bring-up.js';
import { holdDataFolder, resetDataFolder } from './data-folder.js';
import type { UpOptions } from './options.js';
import { Processes } from './supervised-process.js';

/** Runs the whole system until it is told to end. @throws Interrupted when that was before it was ready. */
export async function runUp(context: Context, options: UpOptions): Promise<void> {
  const { terminal } = context;
  const lock = await holdDataFolder(options.data);
  const ending = new AbortController();
  const stopListening = onEnd({}, () => ending.abort());
  const told = new Promise<void>((resolve) => ending.signal.addEventListener('abort', () => resolve()));
  const processes = new Processes();
  let work: Promise<void> | undefined;
  try {
    if (options.reset) await resetDataFolder(terminal, options, ending.signal);
    work = bringUp(context, { options, processes, signal: ending.signal });
    await Promise.race([work, told]);
    const ready = !ending.signal.aborted;
    await told;
    terminal.out('\nEnding …');
    if (!ready) throw new Interrupted('it was told to end before it was ready');
  } finally {
    ending.abort();
    await processes.end();
    await work?.catch(() => undefined);
    await lock.release();
    stopListening();
  }
}
