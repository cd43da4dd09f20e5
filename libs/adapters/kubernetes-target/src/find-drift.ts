import { inLanes } from '@sluice/kernel';
import { type DriftDiff, type IgnoreRule, keepIgnored, objectDrift, writeJson } from '@sluice/sync-plan';
import type { DriftEntry } from '@sluice/sync';
import type { PlacedObject } from './desired/place-objects.js';
import type { KnownObjects } from './live/known-objects.js';
import type { LiveObjects, Reach } from './live/live-objects.js';
import { valueOf } from './live/value-of.js';
import { ApiFailure } from './transport/api-failure.js';
import { type KubeClient, MANAGER } from './transport/kube-client.js';
import type { KubeObject } from './transport/kube-object.js';

/** What is remembered of a wanted object: where it is from and how it is reached. */
export interface WantedObject extends Reach {
  readonly key: string;
  readonly shown: string;
  readonly path: string;
  readonly hash: string;
}

export interface FindDriftParts {
  readonly client: KubeClient;
  readonly live: LiveObjects;
  readonly known: KnownObjects;
  /** What is wanted, in full: read only if something has to be compared. */
  readonly desired: () => Promise<ReadonlyMap<string, PlacedObject>>;
  /** Fields whose difference is no drift. */
  readonly ignore: readonly IgnoreRule[];
}

/** What is looked at. */
export interface DriftScope {
  /** By content, also what has the version that it had. */
  readonly deep: boolean;
  /** Keys of what a watch has told of: nothing else is asked for. */
  readonly only?: ReadonlySet<string> | undefined;
}

const LANES = 8;

/**
 * Compares wanted objects with what is there. One that is the same as when it was looked at last costs nothing but its part of a list; of one that has changed, only what an apply can change counts; and only
 * where that differs, a dry run of the apply says what it would be. @throws ApiFailure, Unavailable
 */
export async function findDrift(wanted: readonly WantedObject[], scope: DriftScope, parts: FindDriftParts): Promise<readonly DriftEntry[]> {
  const { known, live } = parts;
  const moved = await movedOf(wanted, scope, parts);
  const whole = moved.length === 0 ? new Map<string, KubeObject>() : await live.whole(moved);
  const open = moved.filter(({ key }) => {
    const object = whole.get(key);
    if (!object) known.forget(key);
    return object !== undefined && known.refreshed(key, object) === undefined;
  });
  await compare(open, whole, parts);
  return wanted.flatMap(({ key, path, shown }): readonly DriftEntry[] => {
    const now = known.get(key);
    if (!now) return [{ path, object: shown, kind: 'missing' }];
    return now.drift ? [{ path, object: shown, kind: 'modified', diff: now.drift }] : [];
  });
}

async function movedOf(wanted: readonly WantedObject[], { deep, only }: DriftScope, { live, known }: FindDriftParts): Promise<readonly WantedObject[]> {
  if (only) return wanted.filter(({ key }) => only.has(key));
  const there = await live.metadata(wanted);
  return wanted.filter(({ key }) => deep || known.get(key)?.resourceVersion !== there.get(key)?.metadata.resourceVersion || isTimed(key, known));
}

/** A Pod fails by waiting, without a change. */
function isTimed(key: string, known: KnownObjects): boolean {
  return key.startsWith('/Pod/') && known.get(key)?.health.status === 'InProgress';
}

async function compare(open: readonly WantedObject[], whole: ReadonlyMap<string, KubeObject>, parts: FindDriftParts): Promise<void> {
  if (open.length === 0) return;
  const { known } = parts;
  const placed = await parts.desired();
  await inLanes(open, LANES, async ({ key }) => {
    const [one, object] = [placed.get(key), whole.get(key)];
    if (!one || !object) return;
    known.compared(key, object, one.hash, await difference(one, object, parts));
  });
}

async function difference({ at, desired }: PlacedObject, live: KubeObject, { client, ignore }: FindDriftParts): Promise<DriftDiff | undefined> {
  const there = valueOf(live);
  try {
    const dryRun = await client.apply(at, desired.identity.name, { body: writeJson(keepIgnored(desired.value, there, ignore)), dryRun: true });
    const { kind, ...diff } = objectDrift({ live: there, dryRun: valueOf({ ...dryRun, apiVersion: live.apiVersion, kind: live.kind }), manager: MANAGER, ignore });
    return kind === 'none' ? undefined : diff;
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    // gone meanwhile, or what is wanted cannot be made of it any more: either way not as wanted. Where dry runs are refused (a webhook with side effects), only the apply itself can tell
    return error.code === 404 || error.code === 422 ? { fields: [] } : undefined;
  }
}
