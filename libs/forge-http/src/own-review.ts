import { Busy, messageOf, Unauthenticated, Unavailable } from '@sluice/kernel';
import type { ForgeMemory, GivenReview, NotOwn, OwnAccount, Review, SubmittedReview } from '@sluice/usecases';

/** How a forge writes a review as somebody's own. */
export interface OwnReviewWork {
  readonly memory: ForgeMemory;
  /** Tells this review apart from every other one. */
  readonly key: string;
  /** For people, such as `GitLab`. */
  readonly forge: string;
  readonly own: OwnAccount;
  readonly person: GivenReview['person'];
  /** The review, if it is there already. With Sluice's own account: @throws Unavailable where the forge answers nobody. */
  find(): Promise<Review | undefined>;
  /** @returns why not, where the forge refuses it. @throws what passes */
  write(token: string): Promise<Review | NotOwn>;
  /** By Sluice's own account. */
  writeDown(): Promise<Review>;
}

/** How often it is tried with the person's token, at once, before Sluice's account writes it: a fault that is over in a moment costs nobody their own review. */
const ATTEMPTS = 2;

/**
 * Writes a review as somebody's own, and by Sluice's account where the forge does not take that. Forges take the same review twice: so it is remembered that one was begun, and while nobody knows what
 * became of it, it is looked for first. Nothing waits for one person's account: where the forge wants no more calls of it, or answers it with faults only while it answers Sluice, Sluice's account writes.
 *
 * @throws Unavailable, Busy where the forge does not answer Sluice's account
 */
export async function submitAsOwn(work: OwnReviewWork): Promise<SubmittedReview> {
  const outcome = await written(work);
  const submitted = isNotOwn(outcome) ? { ...(await work.writeDown()), notOwn: outcome } : { ...outcome, person: work.person };
  await work.memory.forget(begunKey(work));
  return submitted;
}

async function written(work: OwnReviewWork): Promise<Review | NotOwn> {
  let fault: Unavailable | undefined;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const outcome = (await foundBegun(work)) ?? (await tried(work));
    if (!(outcome instanceof Unavailable)) return outcome;
    fault = outcome;
    if (outcome instanceof Busy) break;
  }
  // one that arrives later than this look is told apart from what Sluice has written for them when reviews are read
  return (await foundBegun(work)) ?? notNow(work, fault);
}

/** What became of one that was begun. */
async function foundBegun(work: OwnReviewWork): Promise<Review | undefined> {
  return (await work.memory.get(begunKey(work))) === undefined ? undefined : work.find();
}

/** Faults are given back, not thrown. */
async function tried(work: OwnReviewWork): Promise<Review | NotOwn | Unavailable> {
  const token = await tokenOf(work);
  if (typeof token !== 'string') return token;
  await work.memory.put(begunKey(work), 'begun');
  return work.write(token).catch(passing);
}

async function tokenOf({ own, forge }: OwnReviewWork): Promise<string | NotOwn | Unavailable> {
  try {
    return await own.token();
  } catch (error) {
    return error instanceof Unauthenticated ? wornOut(own, forge) : passing(error);
  }
}

function passing(error: unknown): Unavailable {
  if (error instanceof Unavailable) return error;
  throw error;
}

/** With an end of its own: what is forgotten begins with it. */
function begunKey({ key }: OwnReviewWork): string {
  return `own:${key}/`;
}

function isNotOwn(outcome: Review | NotOwn): outcome is NotOwn {
  return 'unusable' in outcome;
}

/** The account is good for the next review. */
function notNow({ own: { login }, forge }: OwnReviewWork, fault: Unavailable | undefined): NotOwn {
  if (fault instanceof Busy) return { message: `${forge} wants no more calls of ${login} until ${new Date(fault.until).toISOString()}`, unusable: false };
  return { message: `${forge} took no review of ${login}${fault ? ` (${messageOf(fault)})` : ''}`, unusable: false };
}

/** The forge does not know the token (any more). */
export function wornOut({ login }: OwnAccount, forge: string): NotOwn {
  return { message: `${forge} does not take the token of ${login} any more: it has ended or was revoked, so the account has to be linked again`, unusable: true };
}

/** The forge knows the token, and does not let its person do that. `said`: in its own words. */
export function mayNot({ login }: OwnAccount, { forge, said }: { readonly forge: string; readonly said: string }): NotOwn {
  return { message: `${forge} does not let ${login} review this request${said === '' ? '' : `: ${said}`}`, unusable: false };
}
