import type { Finding } from '../finding.js';
import type { Outline } from '../outline.js';
import { didYouMean } from '../suggestion.js';

type Named = { readonly name: string; readonly from: readonly string[] };

/** Every source exists, and no environment is, through others, its own source. */
export function checkEnvironmentGraph({ environments }: Outline): readonly Finding[] {
  const names = environments.flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
  const unknown = environments.flatMap(({ from }, index) =>
    (from ?? []).flatMap((source, at): Finding[] => {
      if (typeof source !== 'string' || names.includes(source)) return [];
      return [{ path: ['spec', 'environments', index, 'from', at], message: `there is no environment "${source}"${didYouMean(source, names)}` }];
    }),
  );
  return [...unknown, ...checkCycles(environments)];
}

/** The environments ordered so that sources stand before their targets; otherwise as in the file. Those on a cycle are left out. */
export function topologicalOrder<Environment extends Named>(environments: readonly Environment[]): readonly Environment[] {
  const placed = new Set<string>();
  const ordered: Environment[] = [];
  const ready = (): Environment | undefined => environments.find(({ name, from }) => !placed.has(name) && from.every((source) => placed.has(source)));
  for (let next = ready(); next; next = ready()) {
    placed.add(next.name);
    ordered.push(next);
  }
  return ordered;
}

function checkCycles(environments: Outline['environments']): readonly Finding[] {
  const sourcesOf = new Map(environments.map(({ name, from }) => [name, (from ?? []).filter((source) => typeof source === 'string')]));
  const reported = new Set<string>();
  return environments.flatMap(({ name }, index): Finding[] => {
    if (typeof name !== 'string' || reported.has(name)) return [];
    const cycle = pathBetween(sourcesOf, name, name);
    if (!cycle) return [];
    for (const member of cycle) reported.add(member);
    return [{ path: ['spec', 'environments', index, 'from'], message: `environments form a cycle: ${cycle.reverse().join(' → ')}` }];
  });
}

/** The shortest way along sources, both ends included. */
function pathBetween(sourcesOf: ReadonlyMap<unknown, readonly string[]>, start: string, end: string): string[] | undefined {
  const ways: string[][] = [[start]];
  const seen = new Set<string>();
  for (let way = ways.shift(); way; way = ways.shift()) {
    for (const source of sourcesOf.get(way.at(-1)) ?? []) {
      if (source === end) return [...way, end];
      if (seen.has(source)) continue;
      seen.add(source);
      ways.push([...way, source]);
    }
  }
  return undefined;
}
