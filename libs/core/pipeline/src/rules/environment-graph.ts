import type { Finding } from '../finding.js';
import { sourcePath, type Outline } from '../outline.js';
import { didYouMean } from '../suggestion.js';
import { findCycles } from './cycles.js';

type Named = { readonly name: string; readonly from: readonly string[] };

/** Every source exists, and no environment is, through others, its own source. */
export function checkEnvironmentGraph({ environments }: Outline): readonly Finding[] {
  const names = environments.flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
  const unknown = environments.flatMap((environment, index) =>
    (environment.from ?? []).flatMap((source, at): Finding[] => {
      if (typeof source !== 'string' || names.includes(source)) return [];
      return [{ path: sourcePath(environment, index, at), message: `there is no environment "${source}"${didYouMean(source, names)}` }];
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
  const named = environments.map(({ name, from }) => ({ name, to: from }));
  return findCycles(named, (index, cycle) => ({ path: ['spec', 'environments', index, 'from'], message: `environments form a cycle: ${[...cycle].reverse().join(' → ')}` }));
}
