import { setTimeout as sleep } from 'node:timers/promises';
import { Conflict } from '@sluice/kernel';

/** A try that found the world changed under it. */
export const LOST = Symbol('lost');

const ATTEMPTS = 30;
const LONGEST_PAUSE = 120;

/**
 * Repeats read, decide and write until the write finds everything as it was read. The pauses grow and are random, so that many writers of one ref do not march in step.
 * @throws Conflict when others were faster every time (some 2.5 s).
 */
export async function untilWon<T>(what: string, attempt: () => Promise<T | typeof LOST>): Promise<T> {
  for (let count = 1; count <= ATTEMPTS; count += 1) {
    const outcome = await attempt();
    if (outcome !== LOST) return outcome;
    await sleep(Math.random() * Math.min(LONGEST_PAUSE, 4 * count));
  }
  throw new Conflict(`${what} is being changed by others all the time: try again`);
}
