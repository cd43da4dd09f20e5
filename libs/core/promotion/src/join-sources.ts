import type { CommitSha, EnvironmentName } from '@sluice/kernel';

/** One content that a source has or had. */
export interface SourceContent {
  readonly commit: CommitSha;
  readonly origin: CommitSha;
  /** Where the origin stands in the first environment; absent: it is not there. */
  readonly order?: number;
  /** Every gate on the source has passed for it there. */
  readonly passed: boolean;
}

export interface SourceHistory {
  readonly environment: EnvironmentName;
  /** Newest first. */
  readonly contents: readonly SourceContent[];
}

/** The newest origin that every source has had, and the commit that has it in each, in the order of the sources. */
export interface CommonOrigin {
  readonly origin: CommitSha;
  readonly commits: readonly { readonly environment: EnvironmentName; readonly commit: CommitSha }[];
  /** The first named source that has it now; where all have moved on, the first named one. */
  readonly from: EnvironmentName;
}

/**
 * The candidate where all of several sources are asked (design: "Several sources"). A source that has moved on counts only when its gates had passed before; what a source has gone back from
 * does not count at all.
 */
export function commonOrigin(sources: readonly SourceHistory[]): CommonOrigin | undefined {
  const [first, ...others] = sources.map(offeredBy);
  const common = (first ?? []).flatMap((offer) => {
    const rest = others.map((offers) => offers.find(({ origin }) => origin === offer.origin));
    const offers = [offer, ...rest.filter((other) => other !== undefined)];
    return offers.length === sources.length ? [offers] : [];
  });
  const newest = common.reduce<readonly Offered[] | undefined>((best, offers) => (best && orderOf(best) >= orderOf(offers) ? best : offers), undefined);
  return newest && toCommon(newest);
}

interface Offered extends SourceContent {
  readonly environment: EnvironmentName;
  readonly order: number;
  /** It is what the source has now. */
  readonly present: boolean;
}

function offeredBy({ environment, contents }: SourceHistory): readonly Offered[] {
  const [now] = contents;
  if (now?.order === undefined) return [];
  const reached = now.order;
  const known = new Set<CommitSha>();
  return contents.flatMap((content): Offered[] => {
    const { order, origin } = content;
    if (order === undefined || order > reached || known.has(origin)) return [];
    known.add(origin);
    const present = origin === now.origin;
    return present || content.passed ? [{ ...content, environment, order, present }] : [];
  });
}

function orderOf(offers: readonly Offered[]): number {
  return offers[0]?.order ?? 0;
}

function toCommon(offers: readonly Offered[]): CommonOrigin | undefined {
  const from = offers.find(({ present }) => present) ?? offers[0];
  return from && { origin: from.origin, commits: offers.map(({ environment, commit }) => ({ environment, commit })), from: from.environment };
}
