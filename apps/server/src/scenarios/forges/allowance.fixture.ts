import type { DoubleRepository } from '@sluice/forge-doubles';

/** What a scenario has done that costs calls of a forge. */
export interface Doings {
  readonly there: DoubleRepository;
  /** How often it was connected: what is allowed and how the settings are is asked for then. */
  readonly connections: number;
  /** How often time passed, or a sweep came. */
  readonly looks: number;
}

/** The budget: 5 calls a promotion, 2 a gate, 1 an approval, end to end. */
const PROMOTION = 5;
const GATE = 2;
const APPROVAL = 1;
/** Settings, labels, hooks and who Sluice is: once, or once a day. */
const CONNECTION = 12;
/** A request that is open is looked at after five minutes in which nothing was heard of it: itself, its reviews and the statuses of two commits. */
const LOOK = 4;

/** How many calls a scenario may cost. A promotion is each content that was offered; a gate is each that was written there as a status. */
export function allowance({ there, connections, looks }: Doings): number {
  const promotions = there.pushes.filter(({ ref, after }) => ref.startsWith('refs/heads/sluice/') && after !== undefined).length;
  const gates = new Set(there.statuses.filter(({ context }) => context.startsWith('sluice/')).map(({ commit, context }) => `${commit} ${context}`)).size;
  return connections * CONNECTION + promotions * PROMOTION + gates * GATE + there.reviews.length * APPROVAL + looks * LOOK;
}
