import { formatIdentity } from '@sluice/manifests';
import type { PlanProblem } from '../model.js';
import { problem, type Needs } from './read-needs.js';

/**
 * The wave of each object: what it says; without a word 0, but not before what it needs and not after what needs it (a Namespace comes with the first of its objects).
 * Where annotations contradict what is needed, that is a problem.
 */
export function chooseWaves(read: Needs, sorted: readonly string[], problems: PlanProblem[]): ReadonlyMap<string, number> {
  const waves = new Map<string, number>();
  for (const key of sorted) waves.set(key, read.waves.get(key) ?? Math.max(0, ...needed(read, key).map((need) => waves.get(need) ?? 0)));
  for (const key of [...sorted].reverse()) pullForward(read, key, waves);
  for (const key of sorted) for (const need of needed(read, key)) refuseLater(read, [key, need], waves, problems);
  return waves;
}

function pullForward(read: Needs, key: string, waves: Map<string, number>): void {
  const own = waves.get(key) ?? 0;
  for (const need of needed(read, key)) if (!read.waves.has(need) && (waves.get(need) ?? 0) > own) waves.set(need, own);
}

function needed({ needs }: Needs, key: string): readonly string[] {
  return needs.get(key) ?? [];
}

function refuseLater({ objects }: Needs, [key, need]: readonly [string, string], waves: ReadonlyMap<string, number>, problems: PlanProblem[]): void {
  const [wave, later] = [waves.get(key) ?? 0, waves.get(need) ?? 0];
  const [object, other] = [objects.get(key), objects.get(need)];
  if (later > wave && object && other) problems.push(problem(object, `is of wave ${wave} and needs ${formatIdentity(other.identity)}, which is of the later wave ${later}`));
}
