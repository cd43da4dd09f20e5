import type { DoubleRepository } from '@sluice/forge-doubles';

/** What a scenario has done that costs calls of a forge. */
export interface Doings {
  readonly there: DoubleRepository;
  /** How often it was connected: what is allowed and how the settings are is asked for then. */
  readonly connections: number;
  /** Requests that were there when it was connected (again): what is known of them is read. */
  readonly found: number;
  /** How often time passed, a sweep came, or somebody let a request point elsewhere. */
  readonly looks: number;
  /** How often the forge's own tests, or tools beside it, told of a commit. */
  readonly reports: number;
}

/** End to end, from the push to the merge. */
const PROMOTION = 5;
const GATE = 2;
const APPROVAL = 1;
/** Settings, rights, labels, webhooks, who Sluice is and who pushed before it was there: once, or once a day. */
const CONNECTION = 12;
/** A request is looked at because nothing was heard of it for five minutes, nothing is known of it (any more), or it was changed by hand: itself, its reviews and the statuses of its source (of GitHub in two lists). */
const LOOK = 4;
/** A gate is decided anew ({@link GATE}; one more on GitHub, which has two lists), and what depends on it is written: `sluice/ready` and the request's text. */
const REPORT = 5;

/** Says whether everything has passed: part of a promotion, no gate. */
const READY = 'sluice/ready';

/** How many calls a scenario may cost. A promotion is each content that was offered, a gate each that was written there. */
export function allowance({ there, connections, found, looks, reports }: Doings): number {
  const promotions = there.pushes.filter(({ ref, after }) => ref.startsWith('refs/heads/sluice/') && after !== undefined).length;
  const ofGates = there.statuses.filter(({ context }) => context.startsWith('sluice/') && context !== READY);
  const gates = new Set(ofGates.map(({ commit, context }) => `${commit} ${context}`)).size;
  return promotions * PROMOTION + gates * GATE + there.reviews.length * APPROVAL + connections * CONNECTION + (found + looks) * LOOK + reports * REPORT;
}
