import { later } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import type { Promotion, TimelineEntry } from './model.js';

/** What a timeline says of tries to merge; anything else that happens in between is a new start. */
const TRIES: readonly string[] = ['merging', 'merge refused'];
/** Composed again on what its target has become, with the same content, because the forge asks for that. */
export const RECOMPOSED = 'composed again';
/** Who has refused it, in a timeline. */
const FORGE = 'forge';
/** Milliseconds until the next try: as long as it has been refused already, between these. */
const SOONEST = 30_000;
const LATEST = 5 * 60_000;

/** A merge that the forge refuses by its own rules, whatever the gates say. */
export interface RefusedMerge {
  readonly since: Instant;
  /** The forge's own explanation, and what to do. */
  readonly message: string;
  /** Before then it is not asked again without a person: nothing tells us of a change of its rules, and each try costs calls. */
  readonly nextTry: Instant;
}

/** Undefined when the forge has not refused the last try. */
export function refusedMerge({ timeline }: Pick<Promotion, 'timeline'>): RefusedMerge | undefined {
  const refusals = triesOf(timeline).filter(isRefusal);
  const [first, last] = [refusals[0], refusals.at(-1)];
  if (!first || !last) return undefined;
  const wait = Math.min(Math.max(last.at - first.at, SOONEST), LATEST);
  const before = timeline[timeline.length - triesOf(timeline).length - 1];
  const why = before?.what === RECOMPOSED && before.detail !== undefined ? `${before.detail}. ` : '';
  return { since: first.at, message: `${why}${last.detail ?? ''}`, nextTry: later(last.at, wait) };
}

/** The timeline after another refusal: of many in a row the first and the last are kept, and what persons have asked for. */
export function withRefusal(timeline: readonly TimelineEntry[], refusal: Pick<TimelineEntry, 'at' | 'detail'>): readonly TimelineEntry[] {
  const tries = triesOf(timeline);
  const first = tries.findIndex(isRefusal);
  const kept = first < 0 ? tries : tries.filter((entry, index) => index <= first || (entry.what === 'merging' && entry.by !== 'sluice'));
  return [...timeline.slice(0, timeline.length - tries.length), ...kept, { what: 'merge refused', by: FORGE, ...refusal }];
}

function triesOf(timeline: readonly TimelineEntry[]): readonly TimelineEntry[] {
  return timeline.slice(timeline.findLastIndex(({ what }) => !TRIES.includes(what)) + 1);
}

function isRefusal({ what, by }: TimelineEntry): boolean {
  return what === 'merge refused' && by === FORGE;
}
