import { formatIdentity } from '@sluice/manifests';
import type { DesiredObject, PlanProblem } from '../model.js';
import { objectKey } from '../object-key.js';
import { ImpliedNeeds } from './implied-needs.js';
import { readDependsOn, readWave } from './read-annotations.js';

/** What the objects of a commit say of their order. */
export interface Needs {
  readonly objects: ReadonlyMap<string, DesiredObject>;
  /** Keys of all that an object needs, said or implied; never itself. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
  /** Of those, what it has said: these are waited for until they are healthy. */
  readonly said: ReadonlyMap<string, readonly string[]>;
  readonly waves: ReadonlyMap<string, number>;
}

/** Reads the annotations; adds to `problems` what is wrong with them. */
export function readNeeds(desired: readonly DesiredObject[], problems: PlanProblem[]): Needs {
  const objects = byKey(desired, problems);
  const implied = new ImpliedNeeds(objects);
  const [needs, said, waves] = [new Map<string, string[]>(), new Map<string, string[]>(), new Map<string, number>()];
  for (const [key, object] of objects) {
    const wave = readWave(object.value);
    if (!wave.ok) problems.push(problem(object, wave.error));
    else if (wave.value !== undefined) waves.set(key, wave.value);
    const own = saidNeeds(object, objects, problems);
    said.set(key, own);
    needs.set(key, [...new Set([...own, ...implied.of(object).filter((need) => need !== key)])]);
  }
  return { objects, needs, said, waves };
}

function byKey(desired: readonly DesiredObject[], problems: PlanProblem[]): Map<string, DesiredObject> {
  const objects = new Map<string, DesiredObject>();
  for (const object of desired) {
    const key = objectKey(object.identity);
    const first = objects.get(key);
    if (first) problems.push(problem(object, `is there twice: ${first.path === object.path ? 'a second time in this file' : `also in ${first.path}`}`));
    else objects.set(key, object);
  }
  return objects;
}

function saidNeeds(object: DesiredObject, objects: ReadonlyMap<string, DesiredObject>, problems: PlanProblem[]): string[] {
  const references = readDependsOn(object.value);
  if (!references.ok) {
    problems.push(problem(object, references.error));
    return [];
  }
  const unknown = references.value.filter((identity) => !objects.has(objectKey(identity)));
  for (const identity of unknown) problems.push(problem(object, `depends on ${formatIdentity(identity)}, which is not in this commit`));
  return references.value.map(objectKey).filter((key) => objects.has(key));
}

export function problem(object: DesiredObject, message: string): PlanProblem {
  return { path: object.path, object: object.identity, message: `${formatIdentity(object.identity)} ${message}` };
}
