import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { messageOf, printable, printableLine } from '@sluice/kernel';
import type { PreparedTest, TestDriver, TestOutcome } from '@sluice/sync';
import type { ClusterParts } from '../cluster-parts.js';
import { collectionPath } from '../transport/resource-path.js';
import type { Resource } from '../transport/discovery.js';
import type { Collection } from '../transport/kube-client.js';
import type { KubeObject } from '../transport/kube-object.js';
import { began, endOfJob, obstacleOf, terminatedIn, type JobEnd } from './read-end.js';
import { testFiles } from './test-files.js';
import { RUN_LABEL, testJob } from './test-job.js';

type Parts = Pick<ClusterParts, 'client' | 'discovery' | 'rights' | 'owner'> & { readonly options: Pick<ClusterParts['options'], 'defaultNamespace'> };

export interface JobDriverOptions {
  /** The cluster, once the agent is enrolled. */
  readonly parts: () => Parts;
  /** Where tests run; default: where objects go that name no namespace. */
  readonly namespace?: string | undefined;
  /** Milliseconds between two looks. */
  readonly interval?: number;
}

const INTERVAL_MS = 2_000;
/** As much as a server keeps of both streams. */
const MAX_LOG_BYTES = 64_000;
const CLEARING_MS = 20_000;

/** Where the things of a run are, and as whom they are made. */
interface Place {
  readonly jobs: Collection;
  readonly maps: Collection;
  readonly pods: Collection;
}

/** Runs tests in the cluster: one Job each, whose pod has the application's files, in the name of an applier that may. Its log is the output. What it has made is removed when it has ended. */
export class JobDriver implements TestDriver {
  constructor(private readonly options: JobDriverOptions) {}

  async run(test: PreparedTest, signal: AbortSignal): Promise<TestOutcome> {
    const from = performance.now();
    const outcome = (kind: TestOutcome['outcome'], message: string, more: Partial<TestOutcome> = {}): TestOutcome => ({ outcome: kind, durationMs: Math.round(performance.now() - from), message, output: '', ...more });
    const { run, test: wanted } = test.order;
    if (wanted.image === undefined) return outcome('unprepared', `in a cluster a test needs an image: write \`image:\` beside its command in sluice.yaml`);
    let place: Place | undefined;
    try {
      place = await this.place();
      const name = nameOf(run);
      await this.start(place, test, wanted.image, name);
      return await this.follow(place, test, { name, signal, outcome });
    } catch (error) {
      return outcome(signal.aborted ? 'lost' : 'unprepared', signal.aborted ? 'the agent ended while it ran' : messageOf(error));
    } finally {
      if (place) await this.remove(place, nameOf(run)).catch(() => undefined);
    }
  }

  async clear(run: string): Promise<void> {
    await this.remove(await this.place(), nameOf(run));
  }

  private async start({ jobs, maps }: Place, test: PreparedTest, image: string, name: string): Promise<void> {
    const { client, owner } = this.options.parts();
    const labels = { 'app.kubernetes.io/managed-by': 'sluice', 'sluice.dev/cluster': owner.cluster, [RUN_LABEL]: name };
    const files = await testFiles(test, (index) => `${name}-${index}`, labels);
    const job = await client.apply(jobs, name, { body: JSON.stringify(testJob(test, { name, image, labels, volume: files.volume })) });
    // they go with the Job, also when this agent is never seen again; the pod waits for them
    const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name, uid: job.metadata.uid ?? '' }];
    for (const [index, map] of files.maps.entries()) {
      const metadata = { name: `${name}-${index}`, labels, ownerReferences };
      await client.apply(maps, metadata.name, { body: JSON.stringify({ ...map, metadata }) });
    }
  }

  private async follow(place: Place, { order }: PreparedTest, following: Following): Promise<TestOutcome> {
    const until = performance.now() + order.test.timeoutMs;
    for (;;) {
      const ended = await this.look(place, following, performance.now() > until);
      if (ended) return ended;
      await pause(this.options.interval ?? INTERVAL_MS, undefined, { signal: following.signal }).catch(() => undefined);
    }
  }

  /** What became of it, if anything; `late`: its time is over. */
  private async look({ jobs, pods }: Place, { name, signal, outcome }: Following, late: boolean): Promise<TestOutcome | undefined> {
    if (signal.aborted) return outcome('lost', 'the agent ended while it ran');
    const job = await this.options.parts().client.get(jobs, name, signal);
    if (!job) return outcome('lost', `somebody has removed the Job ${name}`);
    const pod = await this.podOf(pods, name);
    const end = endOfJob(job);
    if (end.kind !== 'runs') return this.ended(end, pod, { outcome, output: pod ? await this.logOf(pods, pod) : '' });
    const obstacle = pod && obstacleOf(pod);
    if (obstacle !== undefined) return outcome('not-started', printableLine(obstacle, 500));
    if (!late) return undefined;
    if (!pod) return outcome('not-started', 'the cluster had made no pod for it until its timeout: the namespace refuses it (quota, pod security), or nothing works off Jobs');
    return outcome('timed-out', `it had not ended after its timeout${began(pod) ? '' : ': its pod had not even begun'}`, { output: await this.logOf(pods, pod) });
  }

  private ended(end: Exclude<JobEnd, { kind: 'runs' }>, pod: KubeObject | undefined, { outcome, output }: Pick<Following, 'outcome'> & { readonly output: string }): TestOutcome {
    if (end.kind === 'complete') return outcome('exited', '', { exitCode: 0, output });
    if (end.timedOut) return outcome('timed-out', 'it had not ended after its timeout', { output });
    return this.failed(pod, end.message, (message, more) => outcome('exited', message, { ...more, output }));
  }

  private failed(pod: KubeObject | undefined, message: string, exited: (message: string, more: Partial<TestOutcome>) => TestOutcome): TestOutcome {
    const terminated = pod && terminatedIn(pod);
    if (!terminated) return exited(printableLine(message, 500), { exitCode: 1 });
    const { exitCode, signal, reason, message: said } = terminated;
    const words = [reason === 'Error' ? '' : reason, said].filter((part) => part !== '').join(': ');
    return exited(printableLine(words, 500), { exitCode, ...(signal > 0 && { signal: String(signal) }) });
  }

  private async podOf(pods: Collection, name: string): Promise<KubeObject | undefined> {
    const { items } = await this.options.parts().client.list(pods, { labelSelector: `${RUN_LABEL}=${name}` });
    return items[0];
  }

  /** What is not to be had is said in its place: a result without it is still a result. */
  private async logOf(pods: Collection, { metadata }: KubeObject): Promise<string> {
    try {
      const text = await this.options.parts().client.readText(pods, `${encodeURIComponent(metadata.name)}/log?container=test&tailLines=2000&limitBytes=${MAX_LOG_BYTES}`);
      return printable(text, MAX_LOG_BYTES);
    } catch (error) {
      return `(the log of the pod cannot be read: ${messageOf(error)})`;
    }
  }

  private async remove({ jobs, maps }: Place, name: string): Promise<void> {
    const { client } = this.options.parts();
    const signal = AbortSignal.timeout(CLEARING_MS);
    await client.delete(jobs, name, { propagation: 'Background', signal });
    const { items } = await client.list(maps, { labelSelector: `${RUN_LABEL}=${name}`, metadataOnly: true, signal });
    for (const { metadata } of items) await client.delete(maps, metadata.name, { uid: metadata.uid, propagation: 'Background', signal });
  }

  /** As the first applier that may make Jobs there. @throws Error with what is missing */
  private async place(): Promise<Place> {
    const { discovery, rights, options } = this.options.parts();
    const namespace = this.options.namespace ?? options.defaultNamespace;
    const [jobs, maps, pods] = await Promise.all([discovery.resource('batch/v1', 'Job'), discovery.resource('v1', 'ConfigMap'), discovery.resource('v1', 'Pod')]);
    if (!jobs || !maps || !pods) throw new Error('this cluster has no Jobs');
    const actor = await rights.actorFor(jobs, namespace);
    if (!actor.ok) throw new Error(actor.error);
    const at = (resource: Resource): Collection => ({ path: collectionPath(resource, namespace), as: actor.value });
    return { jobs: at(jobs), maps: at(maps), pods: at(pods) };
  }
}

interface Following {
  readonly name: string;
  readonly signal: AbortSignal;
  readonly outcome: (kind: TestOutcome['outcome'], message: string, more?: Partial<TestOutcome>) => TestOutcome;
}

/** A name of its own for each run, whatever a run is called. */
function nameOf(run: string): string {
  return `sluice-test-${createHash('sha256').update(run).digest('hex').slice(0, 20)}`;
}
