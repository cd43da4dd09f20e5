import { Conflict, Forbidden, InvalidInput, NotFound, Unavailable, messageOf } from '@sluice/kernel';
import { line } from '../text/mrkdwn.js';
import { Unanswered } from '../sluice/unanswered.js';
import { Unlinked } from './accounts.js';
import { TooLate } from './too-late.js';

/** What somebody is told when it did not work: Sluice's own words, which say who may or what to do. @returns undefined for a fault of the bot's own, which is for the log. */
export function sayFailure(error: unknown): string | undefined {
  if (error instanceof Unlinked) return `:wave: ${error.message}`;
  if (error instanceof TooLate) return `:hourglass: ${error.message}`;
  if (error instanceof Unanswered) return ':electric_plug: Sluice has not answered, so nobody knows whether it was done. Look (`/sluice why`) before you try again.';
  if (error instanceof Unavailable) return ':electric_plug: Sluice does not answer, so nothing was done. Try again in a moment.';
  if (error instanceof Forbidden) return `:lock: ${line(messageOf(error), 1_500)}`;
  if (error instanceof Conflict) return `:arrows_counterclockwise: ${line(messageOf(error), 1_500)}`;
  if (error instanceof InvalidInput || error instanceof NotFound) return `:grey_question: ${line(messageOf(error), 1_500)}`;
  return undefined;
}

export const SORRY = ':boom: Something went wrong in the bot. Its log says what; whoever runs it should look there.';
