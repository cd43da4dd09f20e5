import type { Finding } from '../finding.js';
import type { EnvironmentOutline, Outline } from '../outline.js';

/** Every wave can have a cluster, and something reaches an environment that has them. */
export function checkWaves({ environments }: Outline): readonly Finding[] {
  return environments.flatMap((environment, index) => checkWavesOf(environment, index));
}

function checkWavesOf({ name, rollout }: EnvironmentOutline, index: number): readonly Finding[] {
  const selectors = (rollout?.waves ?? []).map(({ clusters }) => clusters);
  const noWaves: Finding = { path: ['spec', 'environments', index, 'rollout', 'onDegraded'], message: 'without "waves" everything is everywhere at once, and there is nothing to pause; write "rollback" or "report", or add waves' };
  if (rollout?.onDegraded === 'pause' && rollout.waves === undefined) return [noWaves];
  return selectors.flatMap((selector, at): Finding[] => {
    const earlier = selector ? selectors.slice(0, at).findIndex((other) => other && isWithin(selector, other)) : -1;
    if (earlier < 0) return [];
    const taken = Object.keys(selectors[earlier] ?? {}).length === 0 ? `wave ${earlier + 1} takes every cluster that is left` : `wave ${earlier + 1} takes all of them`;
    return [{ path: ['spec', 'environments', index, 'rollout', 'waves', at, 'clusters'], message: `no cluster of ${JSON.stringify(name ?? '')} can be in wave ${at + 1}: ${taken}` }];
  });
}

/** Every cluster that has the labels of the one has those of the other. */
function isWithin(one: Readonly<Record<string, unknown>>, other: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(other).every(([key, value]) => one[key] === value);
}
