import { messageOf } from '@sluice/kernel';
import { SORRY, sayFailure } from '../act/say.js';
import type { Hands } from './hands.js';

const REMEMBERED_SECONDS = 3_600;

/**
 * Does what an event asks for, once: Slack tells of some more than once, and over more than one connection. `what` names it the same each time.
 * Whatever goes wrong is said to whoever asked, and what is a fault of ours is logged.
 */
export async function once({ notes, log }: Pick<Hands, 'notes' | 'log'>, what: string, work: () => Promise<void>, say: (text: string) => Promise<unknown>): Promise<void> {
  try {
    if (!(await notes.claim(what, REMEMBERED_SECONDS))) return;
    await work();
  } catch (error) {
    const said = sayFailure(error);
    if (said === undefined) log.error({ err: error }, 'what somebody asked for in Slack could not be done');
    await say(said ?? SORRY).catch((failure: unknown) => log.warn({ reason: messageOf(failure) }, 'somebody could not be told that it did not work'));
  }
}
