import { inLanes } from '@sluice/kernel';
import { type DriftDiff, type IgnoreRule, keepIgnored, objectDrift, writeJson } from '@sluice/sync-plan';
import type { DriftEntry } from '@sluice/sync';
import type { PlacedObject } from './desired/place-objects.js';
import type { InventoryRecord } from './live/inventory-record.js';
import type { KnownObjects } from './live/known-objects.js';
import type { LiveObjects, Reach, Seen } from './live/live-objects.js';
import { rememberJobs } from './live/remember-jobs.js';
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
  readonly record: Pick<InventoryRecord, 'ranJobs' | 'note'>;
  /** What is wanted, in full: read only if something has to be compared. */
  readonly desired: () => Promise<ReadonlyMap<string, PlacedObject>>;
  /** Fields whose difference is no drift. */
  readonly ignore: readonly IgnoreRule[];
}

export interface FoundDrift {
  readonly entries: readonly DriftEntry[];
  /** By key, why: nothing is known of these now. */
  readonly unseen: ReadonlyMap<string, string>;
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
export async function findDrift(wanted: readonly WantedObject[], scope: DriftScope, parts: FindDriftParts): Promise<FoundDrift> {
  const { known, live } = parts;
  const { moved, hidden } = await movedOf(wanted, scope, parts);
  const whole = moved.length === 0 ? NOTHING : await live.whole(moved);
  const unseen = new Map([...hidden, ...whole.unseen]);
  const open = moved.filter(({ key }) => {
    const object = whole.objects.get(key);
    return object !== undefined && known.refreshed(key, object) === undefined;
  });
  await compare(open, { whole: whole.objects, unseen }, parts);
  // of one that is gone, as it was when it was looked at last
  await rememberJobs(moved, parts);
  for (const { key } of moved) if (!whole.objects.has(key) && !unseen.has(key)) known.forget(key);
  await knowRanJobs(wanted.filter(({ key }) => !known.get(key) && !unseen.has(key)), parts);
  return { entries: wanted.flatMap((one) => entryOf(one, unseen, known)), unseen };
}

/** Of what is not there, Jobs that have run are not missing. */
async function knowRanJobs(gone: readonly WantedObject[], { known, record }: FindDriftParts): Promise<void> {
  const ranJobs = await record.ranJobs();
  for (const { key, hash } of gone) {
    const ran = ranJobs.get(key);
    if (ran?.hash === hash) known.ranAndGone(key, ran);
  }
}

const NOTHING: Seen = { objects: new Map(), unseen: new Map() };

/** Of what could not be looked at, what was known stays. */
function entryOf({ key, path, shown }: WantedObject, unseen: ReadonlyMap<string, string>, known: KnownObjects): readonly DriftEntry[] {
  const now = known.get(key);
  if (!now && unseen.has(key)) return [];
  if (!now) return [{ path, object: shown, kind: 'missing' }];
  return now.drift ? [{ path, object: shown, kind: 'modified', diff: now.drift }] : [];
}

async function movedOf(wanted: readonly WantedObject[], { deep, only }: DriftScope, { live, known }: FindDriftParts): Promise<{ readonly moved: readonly WantedObject[]; readonly hidden: ReadonlyMap<string, string> }> {
  if (only) return { moved: wanted.filter(({ key }) => only.has(key)), hidden: NOTHING.unseen };
  const { objects: there, unseen: hidden } = await live.metadata(wanted);
  const moved = wanted.filter(({ key }) => !hidden.has(key) && (deep || known.get(key)?.resourceVersion !== there.get(key)?.metadata.resourceVersion || isTimed(key, known)));
  return { moved, hidden };
}

/** A Pod fails by waiting, without a change. */
function isTimed(key: string, known: KnownObjects): boolean {
  return key.startsWith('/Pod/') && known.get(key)?.health.status === 'InProgress';
}

interface Looked {
  readonly whole: ReadonlyMap<string, KubeObject>;
  /** Grows by what could not be compared. */
  readonly unseen: Map<string, string>;
}

async function compare(open: readonly WantedObject[], { whole, unseen }: Looked, parts: FindDriftParts): Promise<void> {
  if (open.length === 0) return;
  const { known } = parts;
  const placed = await parts.desired();
  await inLanes(open, LANES, async ({ key }) => {
    const [one, object] = [placed.get(key), whole.get(key)];
    if (!one || !object) return;
    const drift = await difference(one, object, parts);
    // it is compared again at the next look
    if (drift === 'unknown') unseen.set(key, 'it cannot be compared with git: the cluster does not answer a dry run of its apply');
    else known.compared(key, object, one.hash, drift);
  });
}

async function difference({ at, desired }: PlacedObject, live: KubeObject, { client, ignore }: FindDriftParts): Promise<DriftDiff | 'unknown' | undefined> {
  const there = valueOf(live);
  try {
    const dryRun = await client.apply(at, desired.identity.name, { body: writeJson(keepIgnored(desired.value, there, ignore)), dryRun: true });
    const { kind, ...diff } = objectDrift({ live: there, dryRun: valueOf({ ...dryRun, apiVersion: live.apiVersion, kind: live.kind }), manager: MANAGER, ignore });
    return kind === 'none' ? undefined : diff;
  } catch (error) {
    if (!(error instanceof ApiFailure)) throw error;
    if (error.isPassing) return 'unknown';
    // gone meanwhile, or what is wanted cannot be made of it any more: either way not as wanted. Where dry runs are refused (a webhook with side effects), only the apply itself can tell
    return error.code === 404 || error.code === 422 ? { fields: [] } : undefined;
  }
}
