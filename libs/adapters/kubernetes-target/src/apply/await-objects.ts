import { setTimeout as sleep } from 'node:timers/promises';
import { inLanes } from '@sluice/kernel';
import type { Wait } from '@sluice/sync-plan';
import type { PlacedObject } from '../desired/place-objects.js';
import { isOfOneKind } from '../live/live-objects.js';
import type { KnownObjects } from '../live/known-objects.js';
import type { KubeClient } from '../transport/kube-client.js';
import type { KubeObject } from '../transport/kube-object.js';
import { isObject } from '../transport/kube-object.js';

const LOOK_MS = { first: 50, longest: 1_000 };
const LANES = 8;

export interface Awaited {
  readonly placed: PlacedObject;
  readonly until: Wait['until'];
}

export interface AwaitParts {
  readonly client: Pick<KubeClient, 'get'>;
  readonly known: KnownObjects;
  readonly patience: Readonly<Record<Wait['until'], number>>;
  readonly signal?: AbortSignal | undefined;
}

/** Waits until objects are what the next stage needs. @returns those that are not in time, by key, with what they are instead. @throws ApiFailure, Unavailable */
export async function awaitObjects(awaited: readonly Awaited[], parts: AwaitParts): Promise<ReadonlyMap<string, string>> {
  const began = performance.now();
  let open = awaited.filter(({ placed, until }) => until === 'established' || parts.known.get(placed.key)?.health.status !== 'Current');
  const why = new Map<string, string>();
  for (let pause = LOOK_MS.first; open.length > 0; pause = Math.min(LOOK_MS.longest, pause * 2)) {
    const next: Awaited[] = [];
    await inLanes(open, LANES, async (one) => {
      const lacks = await lacking(one, parts);
      why.delete(one.placed.key);
      if (lacks === undefined) return;
      why.set(one.placed.key, lacks.message);
      if (!lacks.isFinal) next.push(one);
    });
    const elapsed = performance.now() - began;
    open = next.filter(({ until }) => elapsed < parts.patience[until]);
    if (open.length === 0 || parts.signal?.aborted) break;
    await sleep(pause, undefined, { ...(parts.signal && { signal: parts.signal }) }).catch(() => undefined);
  }
  return why;
}

/** What an object lacks yet. What has failed is not waited for. */
interface Lack {
  readonly message: string;
  readonly isFinal: boolean;
}

async function lacking({ placed, until }: Awaited, { client, known, signal }: AwaitParts): Promise<Lack | undefined> {
  const { at, desired, key } = placed;
  let live: KubeObject | undefined;
  try {
    live = await client.get(at, desired.identity.name, signal);
  } catch (error) {
    if (!isOfOneKind(error)) throw error;
    return { message: `it cannot be looked at: ${error.message}`, isFinal: false };
  }
  if (!live) return { message: 'it is not there', isFinal: false };
  known.refreshed(key, live);
  if (until === 'established' && isActive(live)) return undefined;
  const { status, message } = known.healthNow(live);
  return status === 'Current' ? undefined : { message, isFinal: status === 'Failed' };
}

// a Namespace has no conditions while all is well
function isActive(live: KubeObject): boolean {
  return live.kind === 'Namespace' && isObject(live['status']) && live['status']['phase'] === 'Active' && live.metadata.deletionTimestamp === undefined;
}
