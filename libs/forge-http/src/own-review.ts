import { Unauthenticated } from '@sluice/kernel';
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
  /** The review, if it is there already. */
  find(): Promise<Review | undefined>;
  /** @returns why not, where the forge refuses it. @throws what passes */
  write(token: string): Promise<Review | NotOwn>;
  /** By Sluice's own account. */
  writeDown(): Promise<Review>;
}

/**
 * Writes a review as somebody's own, and by Sluice's account where the forge does not take that. Forges take the same review twice: so it is remembered that one was begun, and while nobody knows what
 * became of it, it is looked for first.
 */
export async function submitAsOwn(work: OwnReviewWork): Promise<SubmittedReview> {
  const outcome = await written(work);
  return isNotOwn(outcome) ? { ...(await work.writeDown()), notOwn: outcome } : { ...outcome, person: work.person };
}

async function written(work: OwnReviewWork): Promise<Review | NotOwn> {
  const { memory, own, forge } = work;
  // with an end of its own: what is forgotten begins with it
  const begun = `own:${work.key}/`;
  const found = (await memory.get(begun)) === undefined ? undefined : await work.find();
  if (found === undefined) {
    const token = await tokenOf(own, forge);
    if (typeof token !== 'string') return token;
    await memory.put(begun, 'begun');
    const outcome = await work.write(token);
    await memory.forget(begun);
    return outcome;
  }
  await memory.forget(begun);
  return found;
}

async function tokenOf(own: OwnAccount, forge: string): Promise<string | NotOwn> {
  try {
    return await own.token();
  } catch (error) {
    if (error instanceof Unauthenticated) return wornOut(own, forge);
    throw error;
  }
}

function isNotOwn(outcome: Review | NotOwn): outcome is NotOwn {
  return 'unusable' in outcome;
}

/** The forge does not know the token (any more). */
export function wornOut({ login }: OwnAccount, forge: string): NotOwn {
  return { message: `${forge} does not take the token of ${login} any more: it has ended or was revoked, so the account has to be linked again`, unusable: true };
}

/** The forge knows the token, and does not let its person do that. `said`: in its own words. */
export function mayNot({ login }: OwnAccount, { forge, said }: { readonly forge: string; readonly said: string }): NotOwn {
  return { message: `${forge} does not let ${login} review this request${said === '' ? '' : `: ${said}`}`, unusable: false };
}
