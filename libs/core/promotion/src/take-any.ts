import type { CommitSha, EnvironmentName } from '@sluice/kernel';

/** What one of several sources offers: its newest content, if that descends from what the target has. */
export interface SourceOffer {
  readonly environment: EnvironmentName;
  readonly source: CommitSha;
  readonly origin: CommitSha;
  /** Every gate on the source has passed for it. */
  readonly passed: boolean;
}

export interface AnyChoice {
  readonly onNewSource: 'update' | 'wait';
  /** Newest origin first; of equal ones the first named source first. */
  readonly offers: readonly SourceOffer[];
  readonly open?: { readonly from: EnvironmentName; readonly source: CommitSha; readonly origin: CommitSha; readonly merging: boolean; readonly sourceGatesPassed: boolean };
}

export interface TakenSource {
  readonly environment: EnvironmentName;
  readonly source: CommitSha;
  readonly origin: CommitSha;
  /** Why the open promotion gives way; absent when it stays (or there is none). */
  readonly supersedes?: string;
}

/**
 * Which source is taken where any of several will do: the newest that has passed its gates; while none has, the newest. An open promotion stays while its source still has it and no other has passed
 * first; once it has passed, until a newer one has.
 */
export function takeAny(choice: AnyChoice): TakenSource | undefined {
  const { offers, open } = choice;
  const best = offers.find(({ passed }) => passed) ?? offers[0];
  if (!open) return best && taken(best);
  if (stays(choice, best, open)) return { environment: open.from, source: open.source, origin: open.origin };
  if (!best) return undefined;
  const supersedes = best.passed ? `${short(best.source)} has passed the gates on ${best.environment}` : `${open.from} has moved on from ${short(open.source)} before its gates had passed`;
  return { ...taken(best), supersedes };
}

function stays(choice: AnyChoice, best: SourceOffer | undefined, open: Open): boolean {
  if (open.merging || (best && isSame(best, open))) return true;
  if (open.sourceGatesPassed) return !best || !replacesPassed(choice, best, open);
  return !best?.passed && choice.offers.some((offer) => isSame(offer, open));
}

type Open = NonNullable<AnyChoice['open']>;

/** Offers stand newest first; an origin that is not among them has been replaced in its source. */
function replacesPassed({ onNewSource, offers }: AnyChoice, best: SourceOffer, open: Open): boolean {
  const at = offers.findIndex(({ origin }) => origin === open.origin);
  return onNewSource === 'update' && best.passed && best.origin !== open.origin && (at < 0 || offers.indexOf(best) < at);
}

function isSame(offer: SourceOffer, open: Open): boolean {
  return offer.environment === open.from && offer.source === open.source;
}

function taken({ environment, source, origin }: SourceOffer): TakenSource {
  return { environment, source, origin };
}

function short(commit: CommitSha): string {
  return commit.slice(0, 10);
}
