import { formatIdentity } from '@sluice/manifests';
import type { PlanProblem } from '../model.js';
import { problem, type Needs } from './read-needs.js';

/** Keys so that everything comes after what it needs. What is part of a cycle, or waits for one, is left out, and each cycle is a problem. */
export function sortNeeds({ objects, needs }: Needs, problems: PlanProblem[]): string[] {
  const waiting = new Map([...needs].map(([key, needed]) => [key, needed.length]));
  const neededBy = dependents(needs);
  const sorted = [...needs.keys()].filter((key) => waiting.get(key) === 0);
  for (const key of sorted) {
    for (const dependent of neededBy.get(key) ?? []) {
      const left = (waiting.get(dependent) ?? 0) - 1;
      waiting.set(dependent, left);
      if (left === 0) sorted.push(dependent);
    }
  }
  const stuck = new Set([...needs.keys()].filter((key) => (waiting.get(key) ?? 0) > 0));
  for (const cycle of cyclesIn(stuck, needs)) {
    const [first] = cycle.map((key) => objects.get(key)).filter((object) => object !== undefined);
    const names = [...cycle, cycle[0] ?? ''].map((key) => objects.get(key)).flatMap((object) => (object ? [formatIdentity(object.identity)] : []));
    if (first) problems.push(problem(first, names.length > 2 ? `can never be applied, each of these needs the next: ${names.join(' → ')}` : 'depends on itself'));
  }
  return sorted;
}

/** {@link Needs.needs} turned around. */
export function dependents(needs: ReadonlyMap<string, readonly string[]>): ReadonlyMap<string, readonly string[]> {
  const neededBy = new Map<string, string[]>();
  for (const [key, needed] of needs) {
    for (const need of needed) {
      const known = neededBy.get(need);
      if (known) known.push(key);
      else neededBy.set(need, [key]);
    }
  }
  return neededBy;
}

/** One cycle for each part of the rest that has one: from anywhere, the first need that is stuck as well leads into it. */
function cyclesIn(stuck: ReadonlySet<string>, needs: ReadonlyMap<string, readonly string[]>): string[][] {
  const seen = new Set<string>();
  const cycles: string[][] = [];
  for (const start of stuck) {
    const path: string[] = [];
    let at: string | undefined = start;
    while (at !== undefined && !seen.has(at)) {
      seen.add(at);
      path.push(at);
      at = needs.get(at)?.find((need) => stuck.has(need));
    }
    const begin = at === undefined ? -1 : path.indexOf(at);
    if (begin >= 0) cycles.push(path.slice(begin));
  }
  return cycles;
}
