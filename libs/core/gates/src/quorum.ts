import type { ApprovalPolicy, QuorumPart } from '@sluice/pipeline';
import { mayAct, principalText } from './principals.js';
import type { Standing } from './standing.js';

/**
 * What is missing of each part of a quorum. A person counts once in all: somebody in two groups fills one part's place, and whoever can be moved to another part is, so that as many places as
 * possible are filled.
 */
export function missingParts({ quorum = [] }: ApprovalPolicy, people: readonly Standing[]): readonly QuorumPart[] {
  const places = quorum.flatMap((part) => Array.from({ length: part.required }, () => part));
  const filled = new Map<number, Standing>();
  for (const person of people) seat(person, { places, filled, tried: new Set() });
  return quorum.flatMap((part) => {
    const open = places.filter((place, index) => place === part && !filled.has(index)).length;
    return open === 0 ? [] : [{ ...part, required: open }];
  });
}

/** `1 of group security, 2 of group release`. */
export function sayParts(parts: readonly QuorumPart[]): string {
  return parts.map(({ required, from }) => `${required} of ${principalText(from)}`).join(', ');
}

interface Seating {
  readonly places: readonly QuorumPart[];
  readonly filled: Map<number, Standing>;
  readonly tried: Set<number>;
}

/** Gives somebody a place, moving others where that makes room (an augmenting path). */
function seat(person: Standing, seating: Seating): boolean {
  for (const [index, { from }] of seating.places.entries()) {
    if (seating.tried.has(index) || !mayAct(from, person)) continue;
    seating.tried.add(index);
    const sitting = seating.filled.get(index);
    if (sitting === undefined || seat(sitting, seating)) {
      seating.filled.set(index, person);
      return true;
    }
  }
  return false;
}
