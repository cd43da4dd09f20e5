import { err, ok, type Result } from '@sluice/kernel';
import type { DesiredObject, PlanProblem, Stage, StageName, StagePlan, Wait } from '../model.js';
import { objectKey } from '../object-key.js';
import { chooseWaves } from './choose-waves.js';
import { STAGE_NAMES, kindName, kindRank, stageOf } from './kind-order.js';
import { readNeeds, type Needs } from './read-needs.js';
import { sortNeeds } from './sort-needs.js';

/** Where an object stands: first by wave, then by stage, then by how many of the same stage have to come before. */
interface Place {
  readonly wave: number;
  readonly stage: number;
  readonly depth: number;
}

/**
 * The order in which the objects of a commit are applied. Within a wave: definitions, classes, all else by kind, webhooks; what is needed (`sluice.dev/depends-on`, its Namespace, its CRD) always before
 * what needs it, even across that order. The next wave waits until the one before is healthy. Every object is in exactly one stage, and the plan does not depend on the order of the input.
 * The error has every annotation that cannot be understood or fulfilled: nothing of such a commit should be applied.
 */
export function planStages(desired: readonly DesiredObject[]): Result<StagePlan, readonly PlanProblem[]> {
  const problems: PlanProblem[] = [];
  const ordered = [...desired].sort((a, b) => compare(textKey(a), textKey(b)));
  const read = readNeeds(ordered, problems);
  const sorted = sortNeeds(read, problems);
  const waves = chooseWaves(read, sorted, problems);
  if (problems.length > 0) return err(problems);
  const places = placeAll(read, sorted, waves);
  return ok({ stages: stagesOf(read, places), needs: withWaves(read.needs, places) });
}

function placeAll(read: Needs, sorted: readonly string[], waves: ReadonlyMap<string, number>): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const key of sorted) {
    const object = read.objects.get(key);
    if (!object) continue;
    const wave = waves.get(key) ?? 0;
    const before = (read.needs.get(key) ?? []).flatMap((need) => places.get(need) ?? []).filter((place) => place.wave === wave);
    const stage = Math.max(STAGE_NAMES.indexOf(stageOf(object.identity)), ...before.map((place) => place.stage));
    const depth = Math.max(0, ...before.filter((place) => place.stage === stage).map((place) => place.depth + 1));
    places.set(key, { wave, stage, depth });
  }
  return places;
}

function stagesOf(read: Needs, places: ReadonlyMap<string, Place>): Stage[] {
  const groups = new Map<string, { place: Place; objects: DesiredObject[] }>();
  for (const [key, place] of places) {
    const object = read.objects.get(key);
    const at = `${place.wave} ${place.stage} ${place.depth}`;
    const group = groups.get(at) ?? { place, objects: [] };
    groups.set(at, group);
    if (object) group.objects.push(object);
  }
  const sorted = [...groups.values()].sort((a, b) => a.place.wave - b.place.wave || a.place.stage - b.place.stage || a.place.depth - b.place.depth);
  const awaited = new Set([...read.said.values()].flat());
  return sorted.map(({ place, objects }, index) => {
    const isLast = sorted[index + 1] !== undefined && sorted[index + 1]?.place.wave !== place.wave;
    const own = objects.sort(byKind);
    return { name: nameOf(place), wave: place.wave, objects: own, waits: isLast ? waitForWave(sorted, place.wave) : own.flatMap((object) => waitFor(object, awaited)) };
  });
}

function nameOf(place: Place): StageName {
  return STAGE_NAMES[place.stage] ?? 'rest';
}

function waitForWave(groups: readonly { readonly place: Place; readonly objects: readonly DesiredObject[] }[], wave: number): Wait[] {
  return groups.filter(({ place }) => place.wave === wave).flatMap(({ objects }) => objects.map(({ identity }) => ({ object: identity, until: 'current' as const })));
}

function waitFor({ identity }: DesiredObject, awaited: ReadonlySet<string>): Wait[] {
  if (awaited.has(objectKey(identity))) return [{ object: identity, until: 'current' }];
  const isDefinition = kindName(identity) === 'Namespace' || kindName(identity) === 'CustomResourceDefinition.apiextensions.k8s.io';
  return isDefinition ? [{ object: identity, until: 'established' }] : [];
}

/**
 * Everything of a wave also needs everything of the wave before: who numbers waves wants nothing of the second when the first has failed. One entry stands for a whole wave; it has no slash, as keys of
 * objects have.
 */
function withWaves(needs: ReadonlyMap<string, readonly string[]>, places: ReadonlyMap<string, Place>): ReadonlyMap<string, readonly string[]> {
  const numbers = [...new Set([...places.values()].map(({ wave }) => wave))].sort((a, b) => a - b);
  if (numbers.length < 2) return needs;
  const before = new Map(numbers.map((wave, index) => [wave, index === 0 ? [] : [`wave ${numbers[index - 1]}`]]));
  const whole = numbers.map((wave) => [`wave ${wave}`, [...places].filter(([, place]) => place.wave === wave).map(([key]) => key)] as const);
  return new Map([...whole, ...[...places].map(([key, { wave }]) => [key, [...(needs.get(key) ?? []), ...(before.get(wave) ?? [])]] as const)]);
}

function byKind(a: DesiredObject, b: DesiredObject): number {
  return kindRank(a.identity) - kindRank(b.identity) || compare(textKey(a), textKey(b));
}

function textKey({ identity, path }: DesiredObject): string {
  return `${identity.namespace}\u0000${objectKey(identity)}\u0000${path}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
