import { setTimeout as pause } from 'node:timers/promises';
import { Unavailable, messageOf } from '@sluice/kernel';
import type { Logger } from '@sluice/runtime';

const FIRST_PAUSE = 250;
const LONGEST_PAUSE = 5_000;

/**
 * What needs the database, done as soon as that answers: it may be started beside us, or after us. What fails for another reason fails at once, since that does not pass by itself.
 * @throws Unavailable when it has not answered `within` so many milliseconds.
 */
export async function whenReachable(work: () => Promise<void>, { within, log }: { readonly within: number; readonly log: Logger }): Promise<void> {
  const until = Date.now() + within;
  for (let wait = FIRST_PAUSE; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Unavailable)) throw error;
      const cause = error.cause ?? error;
      if (Date.now() + wait > until) throw new Unavailable(`The database has not answered within ${within / 1_000} s: start it, or correct SLUICE_DATABASE_URL (${messageOf(cause)})`, { cause });
      log.warn({ reason: messageOf(cause), pause: wait }, 'the database cannot be reached; trying again');
    }
    await pause(wait);
  }
}
