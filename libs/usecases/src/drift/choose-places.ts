import { NotFound, present, printableLine } from '@sluice/kernel';
import type { LeftPlace } from '@sluice/sync-plan';
import { placeName, type DriftPlace } from './read-drift.js';

/** The drifted places that a capture takes, and those that it was asked for and cannot take. @throws NotFound for a name that no drifted place has. */
export function choosePlaces(places: readonly DriftPlace[], names: readonly string[]): { readonly taken: readonly DriftPlace[]; readonly left: readonly LeftPlace[] } {
  const unknown = names.find((name) => !places.some((place) => isCalled(place, name)));
  if (unknown !== undefined) throw new NotFound(`nothing that is called ${printableLine(unknown)} differs there: \`sluice drift\` lists what does`);
  const asked = places.filter((place) => (names.length === 0 ? place.kind !== 'foreign' : names.some((name) => isCalled(place, name))));
  const judged = asked.map((place) => ({ place, problem: problemOf(place) }));
  return {
    taken: judged.flatMap(({ place, problem }) => (problem === undefined ? [place] : [])),
    left: judged.flatMap(({ place: { path, object }, problem }) => (problem === undefined ? [] : [{ path, ...present({ object }), message: problem }])),
  };
}

function isCalled(place: DriftPlace, name: string): boolean {
  return place.path === name || place.object === name || placeName(place) === name;
}

function problemOf({ kind, object, diff }: DriftPlace): string | undefined {
  if (kind === 'foreign') return 'git never had it: commit it by hand if it belongs there';
  if (kind === 'missing') return object === undefined ? undefined : 'it is not there any more: remove it from git by hand if that is meant';
  return diff?.capture ? undefined : 'its content did not come with the report: it is or holds a Secret, is too large or no text, or the agent is of an older version';
}
