import { createHash } from 'node:crypto';
import type { Instant } from '@sluice/kernel';
import type { Health, HealthExpressions } from '@sluice/health';
import { type DriftDiff, plainOf } from '@sluice/sync-plan';
import type { KubeObject } from '../transport/kube-object.js';
import { type PassingJob, passingJobOf, type RanJob } from './ran-jobs.js';
import { HealthJudge } from './judge-health.js';
import { valueOf } from './value-of.js';

/** Why a Job is not well that nobody can look at any more. */
export const FAILED_AND_GONE = 'has failed, and the cluster has removed it since: it runs again when its content changes';

/** What is remembered of an object: little, as there may be thousands. */
export interface KnownObject {
  /** Of what was applied; absent: it is to be applied (again). */
  readonly hash?: string;
  /** What it was when it was looked at last; undefined when it was not there, and rightly so. */
  readonly resourceVersion: string | undefined;
  /** Of all that an apply can change: the same means that nobody has changed it. */
  readonly content: string;
  readonly health: Health;
  /** How a Job is that the cluster removes by itself. */
  readonly job?: PassingJob | undefined;
  /** What differs from what is wanted, as this content was compared; absent: nothing. */
  readonly drift?: DriftDiff | undefined;
}

/** The objects of the present commit, as they were when they were looked at last. */
export class KnownObjects {
  private readonly objects = new Map<string, KnownObject>();
  private readonly judge: HealthJudge;

  /** @param expressions this machine's own, which count before others */
  constructor(
    private readonly now: () => Instant,
    expressions: readonly HealthExpressions[] = [],
  ) {
    this.judge = new HealthJudge(expressions);
  }

  get(key: string): KnownObject | undefined {
    return this.objects.get(key);
  }

  /** Remembers what the server has answered to an apply. */
  applied(key: string, object: KubeObject, hash: string): KnownObject {
    return this.set(key, { hash, ...this.seen(object) });
  }

  /** Looks at an object again; what was known of it stays, as long as its content is the same. @returns undefined when it has to be compared */
  refreshed(key: string, object: KubeObject): KnownObject | undefined {
    const known = this.objects.get(key);
    const seen = this.seen(object);
    return known?.hash !== undefined && known.content === seen.content ? this.set(key, { ...known, ...seen }) : undefined;
  }

  /** How an object is, as it is now. */
  healthNow(object: KubeObject): Health {
    return this.judge.of(object, plainOf(valueOf(object)), this.now());
  }

  /** Remembers what a comparison with what is wanted (`hash`) came to. */
  compared(key: string, object: KubeObject, hash: string, drift: DriftDiff | undefined): KnownObject {
    return this.set(key, { hash, drift, ...this.seen(object) });
  }

  /** A Job has run and the cluster has removed it: it is as it should be. */
  ranAndGone(key: string, { hash, failed }: RanJob): KnownObject {
    const health: Health = failed ? { status: 'Failed', reason: 'JobFailed', message: FAILED_AND_GONE } : { status: 'Current', reason: 'JobGone', message: 'has run, and the cluster has removed it' };
    return this.set(key, { hash, resourceVersion: undefined, content: '', health });
  }

  /** What counts as drift is another now: everything is compared again when it is looked at. */
  recompare(): void {
    for (const [key, known] of this.objects) this.set(key, { ...known, resourceVersion: '', content: '', drift: undefined });
  }

  /** What is well is another now: every object is looked at again. */
  judgeBy(expressions: readonly HealthExpressions[]): void {
    this.judge.use(expressions);
    for (const [key, known] of this.objects) this.set(key, { ...known, resourceVersion: '' });
  }

  /** Forgets all but these. */
  keepOnly(keys: ReadonlySet<string>): void {
    for (const key of this.objects.keys()) if (!keys.has(key)) this.objects.delete(key);
  }

  forget(key: string): void {
    this.objects.delete(key);
  }

  /** Whether an object is the very one that was looked at last, and as wanted. */
  isSettled(key: string, hash: string | undefined, resourceVersion: string | undefined): boolean {
    const known = this.objects.get(key);
    return known?.hash !== undefined && (hash === undefined || known.hash === hash) && known.resourceVersion === resourceVersion && known.drift === undefined;
  }

  private set(key: string, known: KnownObject): KnownObject {
    this.objects.set(key, known);
    return known;
  }

  private seen(object: KubeObject): Pick<KnownObject, 'resourceVersion' | 'content' | 'health' | 'job'> {
    return { resourceVersion: object.metadata.resourceVersion ?? '', content: contentOf(object), health: this.healthNow(object), job: passingJobOf(object) };
  }
}

/** A hash over all that is not the server's own or a controller's answer. */
function contentOf({ apiVersion: _, kind: __, status: ___, metadata, ...rest }: KubeObject): string {
  const { resourceVersion: _version, managedFields: _managers, generation: _generation, ...own } = metadata;
  return createHash('sha1').update(JSON.stringify([own, rest], (_key, field: unknown) => (typeof field === 'bigint' ? `${field}n` : field))).digest('base64');
}
