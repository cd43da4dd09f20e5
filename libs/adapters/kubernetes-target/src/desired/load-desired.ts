import type { DesiredFile } from '@sluice/sync';
import type { PlanProblem } from '@sluice/sync-plan';
import type { ClusterParts } from '../cluster-parts.js';
import { loadManifests } from './load-manifests.js';
import { type PlacedObject, placeObjects } from './place-objects.js';

/** What a commit wants of the cluster. */
export interface Desired {
  readonly objects: readonly PlacedObject[];
  /** The same by key; of two with the same key the last. */
  readonly placed: ReadonlyMap<string, PlacedObject>;
  /** What could not be read, or has no place. */
  readonly problems: readonly PlanProblem[];
}

/** @throws ApiFailure, Unavailable when the cluster does not say what kinds it has; what reading the files throws */
export async function loadDesired(files: readonly DesiredFile[], { discovery, rights, owner, options }: ClusterParts): Promise<Desired> {
  const manifests = await loadManifests(files, options.renderer);
  const { objects, problems } = await placeObjects(manifests.objects, { discovery, rights, owner, defaultNamespace: options.defaultNamespace });
  return { objects, placed: new Map(objects.map((object) => [object.key, object])), problems: [...manifests.problems, ...problems] };
}
