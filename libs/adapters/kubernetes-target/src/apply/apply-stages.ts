import { inLanes } from '@sluice/kernel';
import { identityOfKey, type IgnoreRule, labelOf, LABELS, objectKey, objectsToSkip, type Stage, type StagePlan } from '@sluice/sync-plan';
import { formatIdentity } from '@sluice/manifests';
import type { ApplyFailure, Place } from '@sluice/sync';
import type { ClusterParts } from '../cluster-parts.js';
import type { PlacedObject } from '../desired/place-objects.js';
import { valueOf } from '../live/value-of.js';
import { ApiFailure } from '../transport/api-failure.js';
import type { Arriving } from '../live/arriving.js';
import { FAILED_AND_GONE } from '../live/known-objects.js';
import type { RanJob, RanJobs } from '../live/ran-jobs.js';
import { rememberJobs } from '../live/remember-jobs.js';
import type { KubeObject } from '../transport/kube-object.js';
import { applyFirst } from './apply-first.js';
import { applyObject } from './apply-object.js';
import { awaitObjects } from './await-objects.js';
import { maskedIn } from './masked-message.js';

const LANES = 8;

export interface StagesInput {
  readonly plan: StagePlan;
  readonly placed: ReadonlyMap<string, PlacedObject>;
  /** Metadata of what is there, by key. */
  readonly there: ReadonlyMap<string, KubeObject>;
  /** Of what nothing is known, by key, and why. */
  readonly unseen: ReadonlyMap<string, string>;
  /** Jobs that are not made again. */
  readonly ranJobs: RanJobs;
  /** What is applied as if for the first time. */
  readonly arriving: Arriving;
  /** What is left as it is. */
  readonly isLeft: (place: Place) => boolean;
  readonly signal?: AbortSignal | undefined;
  /** Fields that stay as they are. */
  readonly ignore?: readonly IgnoreRule[] | undefined;
}

export interface StagesOutcome {
  readonly written: number;
  readonly unchanged: number;
  readonly failed: readonly ApplyFailure[];
  /** Keys of what has been applied in all its steps. */
  readonly arrived: ReadonlySet<string>;
}

/** Applies the stages of a plan one after the other. What fails stops what needs it, and nothing else. @throws Unavailable when the API server does not answer any more */
export class ApplyStages {
  private readonly failed: ApplyFailure[] = [];
  /** Keys of what failed, or is not yet what others need. */
  private readonly unmet = new Map<string, string>();
  private readonly arrived = new Set<string>();
  private written = 0;
  private unchanged = 0;

  constructor(
    private readonly parts: Pick<ClusterParts, 'client' | 'known' | 'record' | 'rights' | 'discovery' | 'patience' | 'owner' | 'options'>,
    private readonly input: StagesInput,
  ) {}

  async run(): Promise<StagesOutcome> {
    const { plan, signal } = this.input;
    for (const [index, stage] of plan.stages.entries()) {
      if (signal?.aborted) break;
      await this.stage(stage);
      if (plan.stages[index + 1] !== undefined) await this.wait(stage);
    }
    return { written: this.written, unchanged: this.unchanged, failed: this.failed, arrived: this.arrived };
  }

  private async stage(stage: Stage): Promise<void> {
    const skipped = objectsToSkip(this.input.plan, this.unmet.keys());
    await inLanes(stage.objects, LANES, async ({ identity }) => {
      const placed = this.input.placed.get(objectKey(identity));
      if (!placed || this.input.signal?.aborted) return;
      const cause = skipped.get(placed.key);
      if (cause === undefined) await this.object(placed);
      else this.failed.push({ path: placed.desired.path, object: placed.shown, waits: true, message: `waits for ${shownKey(cause)}: ${this.unmet.get(cause) ?? 'it is not applied'}` });
    });
    // before anything is waited for: a Job may be gone by then
    await rememberJobs(stage.objects.flatMap(({ identity }) => this.input.placed.get(objectKey(identity)) ?? []), this.parts);
  }

  private async object(placed: PlacedObject): Promise<void> {
    const there = this.input.there.get(placed.key);
    if (this.input.isLeft({ path: placed.desired.path, object: placed.shown })) return;
    if (this.isAsWanted(placed, there)) {
      this.arrived.add(placed.key);
      this.unchanged += 1;
      return;
    }
    const unseen = this.input.unseen.get(placed.key);
    if (unseen !== undefined) return this.fail(placed, unseen);
    const owner = there && labelOf(valueOf(there), LABELS.cluster);
    if (owner !== undefined && owner !== this.parts.owner.cluster && !this.parts.options.adopt) return this.fail(placed, `belongs to the agent of the cluster ${owner}: take it out of that one's environment first, or take it over with SLUICE_ADOPT=true`);
    await this.attempt(placed, there);
  }

  private isAsWanted(placed: PlacedObject, there: KubeObject | undefined): boolean {
    const ran = this.ranAndGone(placed);
    if (ran) this.parts.known.ranAndGone(placed.key, ran);
    return ran !== undefined || this.parts.known.isSettled(placed.key, placed.hash, there?.metadata.resourceVersion);
  }

  private ranAndGone({ key, hash }: PlacedObject): RanJob | undefined {
    const ran = this.input.ranJobs.get(key);
    return ran?.hash === hash && !this.input.there.has(key) && !this.input.unseen.has(key) ? ran : undefined;
  }

  private async attempt(placed: PlacedObject, there: KubeObject | undefined): Promise<void> {
    try {
      const apply = there && !this.input.arriving.has(placed.key) ? applyObject : applyFirst;
      const applied = await apply(placed, { client: this.parts.client, signal: this.input.signal, ignore: this.input.ignore });
      this.parts.known.applied(placed.key, applied, placed.hash);
      this.arrived.add(placed.key);
      if (there?.metadata.resourceVersion === applied.metadata.resourceVersion) this.unchanged += 1;
      else this.written += 1;
    } catch (error) {
      if (this.input.signal?.aborted) return;
      if (!(error instanceof ApiFailure)) throw error;
      this.parts.known.forget(placed.key);
      if (error.code === 403) this.parts.rights.forget();
      this.fail(placed, maskedIn(error.message, placed.desired));
    }
  }

  private fail(placed: PlacedObject, message: string): void {
    this.failed.push({ path: placed.desired.path, object: placed.shown, message });
    this.unmet.set(placed.key, 'it could not be applied');
  }

  private async wait({ waits, name }: Stage): Promise<void> {
    const { client, known, patience, discovery } = this.parts;
    const awaited = waits.flatMap(({ object, until }) => {
      const placed = this.input.placed.get(objectKey(object));
      if (!placed || this.unmet.has(placed.key)) return [];
      const ran = this.ranAndGone(placed);
      if (ran?.failed) this.unmet.set(placed.key, FAILED_AND_GONE);
      return ran ? [] : [{ placed, until }];
    });
    const unready = await awaitObjects(awaited, { client, known, patience, signal: this.input.signal });
    for (const [key, message] of unready) this.unmet.set(key, message);
    if (name === 'definitions') discovery.forget();
  }
}

function shownKey(key: string): string {
  const identity = identityOfKey(key);
  return identity ? formatIdentity(identity) : key;
}

