import { setTimeout as sleep } from 'node:timers/promises';
import type { ValueMap } from '@sluice/manifests';
import { type IgnoreRule, immutableCause, keepIgnored, labelOf, LABELS, writeJson } from '@sluice/sync-plan';
import type { PlacedObject } from '../desired/place-objects.js';
import { valueOf } from '../live/value-of.js';
import { ApiFailure } from '../transport/api-failure.js';
import type { KubeClient } from '../transport/kube-client.js';
import { isObject, type KubeObject } from '../transport/kube-object.js';

/** Longest wait for an object to be gone before it is made again. */
const GONE_MS = 20_000;
const LOOK_MS = 250;
const CONFLICT_TRIES = 3;
/** A kind that is established is served by every server a moment later. */
const [SERVED_TRIES, SERVED_MS] = [6, 500];

export interface ApplyObjectParts {
  readonly client: KubeClient;
  readonly signal?: AbortSignal | undefined;
  /** Fields that stay as they are once the object is there. */
  readonly ignore?: readonly IgnoreRule[] | undefined;
}

/**
 * Applies one object. One whose change the server refuses because of an immutable field, and of nothing else, is deleted and made again, unless something would be lost with it.
 * @throws ApiFailure with what the server says, Unavailable
 */
export async function applyObject(placed: PlacedObject, parts: ApplyObjectParts): Promise<KubeObject> {
  const { at, desired } = placed;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await parts.client.apply(at, desired.identity.name, { body: writeJson(await wantedBeside(placed, parts)), signal: parts.signal });
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      await prepareAgain(placed, { error, attempt }, parts);
    }
  }
}

/** Does what another try needs. @throws ApiFailure when there is none */
async function prepareAgain(placed: PlacedObject, { error, attempt }: { readonly error: ApiFailure; readonly attempt: number }, parts: ApplyObjectParts): Promise<void> {
  if (isNotServedYet(error) && attempt < SERVED_TRIES) return pause(SERVED_MS, parts);
  if (attempt >= CONFLICT_TRIES) throw error;
  if (error.code === 409) return;
  const { identity, value } = placed.desired;
  const verdict = immutableCause(identity, error.status, value);
  if (verdict.kind === 'refuse') throw new ApiFailure(error.code, error.reason, `${error.message}: ${verdict.why}`, { status: error.status });
  if (verdict.kind === 'other') throw error;
  await remove(placed, parts);
}

async function pause(ms: number, { signal }: ApplyObjectParts): Promise<void> {
  await sleep(ms, undefined, { ...(signal && { signal }) });
}

// the path itself is unknown; of a namespace that is missing the answer says the name
function isNotServedYet({ code, status }: ApiFailure): boolean {
  const details = isObject(status) ? status['details'] : undefined;
  return code === 404 && !(isObject(details) && typeof details['name'] === 'string');
}

async function wantedBeside({ at, desired }: PlacedObject, { client, signal, ignore = [] }: ApplyObjectParts): Promise<ValueMap> {
  if (!ignore.some(({ kind }) => kind === undefined || kind === desired.identity.kind)) return desired.value;
  const live = await client.get(at, desired.identity.name, signal);
  return keepIgnored(desired.value, live && valueOf(live), ignore);
}

async function remove({ at, desired: { identity, value } }: PlacedObject, parts: ApplyObjectParts): Promise<void> {
  const { client, signal } = parts;
  const live = await client.get(at, identity.name, signal);
  if (!live) return;
  if (labelOf(valueOf(live), LABELS.cluster) !== labelOf(value, LABELS.cluster)) throw new ApiFailure(422, 'Invalid', 'it is there already and was not applied by this agent, and an immutable field differs: delete it by hand, or write into git what it has');
  await client.delete(at, identity.name, { uid: live.metadata.uid, propagation: 'Background', signal });
  const end = performance.now() + GONE_MS;
  while ((await client.get(at, identity.name, signal))?.metadata.uid === live.metadata.uid) {
    if (performance.now() > end) throw new ApiFailure(409, 'Terminating', 'it has to be made again because of an immutable field, and its predecessor is still being deleted: something holds it by a finalizer');
    await pause(LOOK_MS, parts);
  }
}
