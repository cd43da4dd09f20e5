import type { Finding } from '../finding.js';

interface Named {
  readonly name?: string | null | undefined;
  readonly to?: readonly (string | null | undefined)[] | null | undefined;
}

/** One finding for each cycle among named things that point to each other, at the first of them. `describe` gets its index and the way round, both ends included. */
export function findCycles(things: readonly Named[], describe: (index: number, cycle: readonly string[]) => Finding): readonly Finding[] {
  const pointers = new Map(things.map(({ name, to }) => [name, (to ?? []).filter((other) => typeof other === 'string')]));
  const reported = new Set<string>();
  return things.flatMap(({ name }, index): Finding[] => {
    if (typeof name !== 'string' || reported.has(name)) return [];
    const cycle = pathBetween(pointers, name, name);
    if (!cycle) return [];
    for (const member of cycle) reported.add(member);
    return [describe(index, cycle)];
  });
}

/** The shortest way along the pointers, both ends included. */
function pathBetween(pointers: ReadonlyMap<unknown, readonly string[]>, start: string, end: string): string[] | undefined {
  const ways: string[][] = [[start]];
  const seen = new Set<string>();
  for (let way = ways.shift(); way; way = ways.shift()) {
    for (const next of pointers.get(way.at(-1)) ?? []) {
      if (next === end) return [...way, end];
      if (seen.has(next)) continue;
      seen.add(next);
      ways.push([...way, next]);
    }
  }
  return undefined;
}
