import type { GivenReview, SubmittedReview } from '../ports/index.js';
import type { HeldAccount } from './own-accounts.js';

/** Writes a review with the account that its person has linked, if they have. What the forge does not take any more is not tried again. */
export async function submitAsOwn(held: HeldAccount | undefined, review: GivenReview, submit: (review: GivenReview) => Promise<SubmittedReview>): Promise<SubmittedReview> {
  const written = await submit({ ...review, ...(held?.own && { own: held.own }) });
  if (written.notOwn?.unusable === true) await held?.refused(written.notOwn.message);
  // the forge knows whose account it was, we whose the account is
  const mine = { ...written, person: review.person };
  return held?.why === undefined ? mine : { ...mine, notOwn: { message: held.why, unusable: true } };
}
