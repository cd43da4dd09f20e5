import { takeOverFields, writeJson } from '@sluice/sync-plan';
import type { PlacedObject } from '../desired/place-objects.js';
import { valueOf } from '../live/value-of.js';
import { ApiFailure } from '../transport/api-failure.js';
import { MANAGER } from '../transport/kube-client.js';
import type { KubeObject } from '../transport/kube-object.js';
import { applyObject, type ApplyObjectParts } from './apply-object.js';

/** Others write to an object that is being taken over: so often it is tried again. */
const TRIES = 3;

/** Applies an object for the first time. What `kubectl apply` had there on the client's side becomes ours, so that what git does not have of it goes, now and later. @throws ApiFailure, Unavailable */
export async function applyFirst(placed: PlacedObject, parts: ApplyObjectParts): Promise<KubeObject> {
  for (let attempt = 1; ; attempt += 1) {
    const applied = await applyObject(placed, parts);
    const managedFields = takeOverFields(valueOf(applied), MANAGER);
    const { name, resourceVersion } = applied.metadata;
    if (!managedFields || resourceVersion === undefined) return applied;
    try {
      await parts.client.replaceManagers(placed.at, name, { managedFields: writeJson(managedFields), resourceVersion, signal: parts.signal });
    } catch (error) {
      if (!(error instanceof ApiFailure) || error.code !== 409 || attempt >= TRIES) throw error;
    }
  }
}
