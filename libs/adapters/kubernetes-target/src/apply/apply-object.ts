import { setTimeout as sleep } from 'node:timers/promises';
import type { ValueMap } from '@sluice/manifests';
import { type IgnoreRule, immutableCause, keepIgnored, writeJson } from '@sluice/sync-plan';
import type { PlacedObject } from '../desired/place-objects.js';
import { valueOf } from '../live/value-of.js';
import { ApiFailure } from '../transport/api-failure.js';
import type { KubeClient } from '../transport/kube-client.js';
import type { KubeObject } from '../transport/kube-object.js';

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
  const { client, signal } = parts;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await client.apply(at, desired.identity.name, { body: writeJson(await wantedBeside(placed, parts)), signal });
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      if (error.code === 409 && attempt < CONFLICT_TRIES) continue;
      if (isNotServedYet(error) && attempt < SERVED_TRIES) {
        await sleep(SERVED_MS, undefined, { ...(signal && { signal }) });
        continue;
      }
      const verdict = immutableCause(desired.identity, error.status, desired.value);
      if (verdict.kind === 'refuse') throw new ApiFailure(error.code, error.reason, `${error.message}: ${verdict.why}`, { status: error.status });
      if (verdict.kind === 'other' || attempt >= CONFLICT_TRIES) throw error;
      await remove(placed, { client, signal });
    }
  }
}

// the path itself is unknown; a namespace that is missing is told in a Status
function isNotServedYet({ code, status }: ApiFailure): boolean {
  return code === 404 && status === null;
}

async function wantedBeside({ at, desired }: PlacedObject, { client, signal, ignore = [] }: ApplyObjectParts): Promise<ValueMap> {
  if (!ignore.some(({ kind }) => kind === undefined || kind === desired.identity.kind)) return desired.value;
  const live = await client.get(at, desired.identity.name, signal);
  return keepIgnored(desired.value, live && valueOf(live), ignore);
}

async function remove({ at, desired: { identity } }: PlacedObject, { client, signal }: ApplyObjectParts): Promise<void> {
  const live = await client.get(at, identity.name, signal);
  if (!live) return;
  await client.delete(at, identity.name, { uid: live.metadata.uid, propagation: 'Background', signal });
  const end = performance.now() + GONE_MS;
  while ((await client.get(at, identity.name, signal))?.metadata.uid === live.metadata.uid) {
    if (performance.now() > end) throw new ApiFailure(409, 'Terminating', 'it has to be made again because of an immutable field, and its predecessor is still being deleted: something holds it by a finalizer');
    await sleep(LOOK_MS, undefined, { ...(signal && { signal }) });
  }
}
