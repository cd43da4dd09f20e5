import type { HealthExpressions } from '@sluice/health';
import { InvalidInput } from '@sluice/kernel';
import { formatIdentity } from '@sluice/manifests';
import type { ApplyOptions, ApplyResult, DesiredFile, DriftEntry, DriftOptions, ObjectHealth, Target, TestDriver } from '@sluice/sync';
import { type IgnoreRule, type Owner, type PlanProblem, pruneCandidates } from '@sluice/sync-plan';
import { applyCommit } from './apply/apply-commit.js';
import { type ClusterParts, composeParts, type KubernetesTargetOptions } from './cluster-parts.js';
import { type Desired, loadDesired } from './desired/load-desired.js';
import { findDrift, type WantedObject } from './find-drift.js';
import { Hints } from './hints.js';
import { keyOf, ownedBy } from './live/live-objects.js';
import { JobDriver, type JobDriverOptions } from './tests/job-driver.js';
import type { ClusterAccess } from './transport/cluster-access.js';
import type { Resource } from './transport/discovery.js';
import { ApiFailure } from './transport/api-failure.js';
import type { KubeObject } from './transport/kube-object.js';
import { WatchKinds } from './watch-kinds.js';

/**
 * A cluster as a target: the objects of the commit's manifests, applied on the server's side. What is owned stands in the cluster itself and is written down before the first object. One instance a
 * cluster; calls are run one after the other. What the cluster says no to is a failure of that object; when it says nothing, the call throws Unavailable and nothing is concluded.
 */
export class KubernetesTarget implements Target {
  private access: ClusterAccess | undefined;
  private parts: ClusterParts | undefined;
  /** As of the last apply or look; absent before the first. */
  private wanted: readonly WantedObject[] | undefined;
  /** What is wanted and cannot be looked at: nobody has the rights any more, or its kind is not served. */
  private unreachable: readonly PlanProblem[] = [];
  /** By key, why it could not be looked at the last time. */
  private unseen: ReadonlyMap<string, string> = new Map();
  /** What could not be applied, as it is shown. */
  private failed: ReadonlySet<string> = new Set();
  private line: Promise<unknown> = Promise.resolve();
  /** The rules by which was compared last. */
  private ignored = '[]';
  private healthRules = '[]';
  private readonly hints = new Hints();
  private busy = false;
  private readonly seenWhileBusy = new Map<string, string | undefined>();
  private watches: WatchKinds | undefined;
  private changed: () => void = () => undefined;

  constructor(private readonly options: KubernetesTargetOptions) {}

  async prepare(): Promise<void> {
    this.access = await this.options.connect();
  }

  /** Says whose agent this is, once that is known: its objects carry it as labels. */
  belongTo(owner: Owner): void {
    if (!this.access) throw new InvalidInput('the cluster is not connected yet');
    this.parts = composeParts(this.access, owner, this.options);
  }

  async apply(commit: string, files: readonly DesiredFile[], options: ApplyOptions = {}): Promise<ApplyResult> {
    return this.inLine(async (parts) => {
      this.judgeHealthBy(options.healthRules, parts);
      const result = await withFreshRights(parts, async () => {
        const desired = await loadDesired(files, parts);
        this.want(desired);
        return applyCommit(commit, desired, parts, options);
      });
      this.unreachable = [];
      this.unseen = new Map();
      this.failed = new Set(result.failed.flatMap(({ object }) => object ?? []));
      await this.follow(parts);
      return result;
    });
  }

  async drift({ deep = false, files, ignore = [], healthRules }: DriftOptions = {}): Promise<readonly DriftEntry[]> {
    return this.inLine(async (parts) => {
      this.judgeBy(ignore, parts);
      this.judgeHealthBy(healthRules, parts);
      const found = await withFreshRights(parts, async (again) => {
        let desired: Desired | undefined;
        const load = async () => (desired ??= await loadDesired((await files?.()) ?? [], parts));
        if (!this.wanted || again || this.unreachable.length > 0) this.want(await load());
        const wanted = (this.wanted ?? []).filter(({ shown }) => !this.failed.has(shown));
        return this.hints.look(deep, (scope) => findDrift(wanted, scope, { ...parts, ignore, desired: async () => (await load()).placed }));
      });
      await this.follow(parts);
      this.unseen = found.unseen;
      return [...found.entries, ...(await this.leftovers(parts))];
    });
  }

  async health(): Promise<readonly ObjectHealth[]> {
    const unseen = this.unreachable.map(({ path, object, message }): ObjectHealth => ({ path, ...(object && { object: formatIdentity(object) }), status: 'Unknown', message }));
    const known = (this.wanted ?? []).flatMap(({ key, path, shown }): readonly ObjectHealth[] => {
      const why = this.unseen.get(key);
      if (why !== undefined) return [{ path, object: shown, status: 'Unknown', message: why }];
      const health = this.ready().known.get(key)?.health;
      if (!health || health.status === 'Current' || this.failed.has(shown)) return [];
      return [{ path, object: shown, status: health.status === 'Terminating' ? 'InProgress' : health.status, message: health.message }];
    });
    return [...unseen, ...known];
  }

  async watch(changed: () => void): Promise<() => Promise<void>> {
    const { client, owner } = this.ready();
    this.changed = changed;
    this.watches = new WatchKinds({
      client,
      labelSelector: ownedBy(owner),
      event: (type, object, resource) => this.see(type, object, resource),
      missed: () => {
        this.hints.forget();
        changed();
      },
      failed: (error) => this.options.watchFailed?.(error),
    });
    return async () => this.watches?.close();
  }

  async applied(): Promise<string | undefined> {
    return (await this.ready().record.load()).commit;
  }

  async owned(): Promise<number> {
    return (await this.ready().record.load()).inventory.length;
  }

  /** Runs tests in this cluster. */
  testDriver(options: Omit<JobDriverOptions, 'parts'> = {}): TestDriver {
    return new JobDriver({ ...options, parts: () => this.ready() });
  }

  private judgeBy(ignore: readonly IgnoreRule[], { known }: ClusterParts): void {
    const rules = JSON.stringify(ignore);
    if (rules === this.ignored) return;
    known.recompare();
    this.hints.forget();
    this.ignored = rules;
  }

  private judgeHealthBy(expressions: readonly HealthExpressions[] = [], { known }: ClusterParts): void {
    const rules = JSON.stringify(expressions);
    if (rules === this.healthRules) return;
    known.judgeBy(expressions);
    this.hints.forget();
    this.healthRules = rules;
  }

  /** What is ours, is no longer wanted, and stays: because it says so, or because too much would go with it. */
  private async leftovers({ record }: ClusterParts): Promise<readonly DriftEntry[]> {
    const { commit, inventory } = await record.load();
    // of what is wanted, not all is known: none of it may look like a leftover
    if (commit === undefined || this.unreachable.length > 0) return [];
    const wanted = (this.wanted ?? []).map(({ identity }) => identity);
    return pruneCandidates(inventory, wanted).map(formatIdentity).map((object) => ({ path: object, object, kind: 'foreign' }));
  }

  private want({ objects, problems }: Desired): void {
    this.unreachable = problems;
    this.wanted = objects.map(({ key, shown, hash, resource, at, desired: { path, identity } }) => ({ key, shown, hash, path, identity, resource, actor: at.as }));
    this.ready().known.keepOnly(new Set(objects.map(({ key }) => key)));
  }

  /** Watches the kinds that there are now. What was applied is so, whether it can be watched or not: sweeps see changes later. */
  private async follow({ live }: ClusterParts): Promise<void> {
    try {
      this.watches?.follow((await live.collections(this.wanted ?? [])).filter(({ resource }) => resource.verbs.includes('watch')));
    } catch (error) {
      this.options.watchFailed?.(error);
    }
  }

  private see(type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject, resource: Resource): void {
    const key = keyOf(object, resource);
    const version = type === 'DELETED' ? undefined : object.metadata.resourceVersion;
    if (this.busy) this.seenWhileBusy.set(key, version);
    else this.judge(key, version);
  }

  /** Tells of an object that is another than it was when we looked at it, or made it so. */
  private judge(key: string, version: string | undefined): void {
    if (this.ready().known.get(key)?.resourceVersion === version) return;
    this.hints.add(key);
    this.changed();
  }

  /** Our own changes come back as events: what is seen meanwhile is judged afterwards. */
  private inLine<T>(work: (parts: ClusterParts) => Promise<T>): Promise<T> {
    const turn = this.line.then(async () => {
      this.busy = true;
      try {
        return await work(this.ready());
      } finally {
        this.busy = false;
        const seen = [...this.seenWhileBusy];
        this.seenWhileBusy.clear();
        for (const [key, version] of seen) this.judge(key, version);
      }
    });
    this.line = turn.catch(() => undefined);
    return turn;
  }

  private ready(): ClusterParts {
    if (!this.parts) throw new InvalidInput('it is not known yet whose cluster this is');
    return this.parts;
  }
}

/** Does something again, once, when rights that were there are not any more: who may do what is asked anew then, and what nobody may is told object by object. */
async function withFreshRights<T>({ rights }: Pick<ClusterParts, 'rights'>, work: (again: boolean) => Promise<T>): Promise<T> {
  try {
    return await work(false);
  } catch (error) {
    if (!(error instanceof ApiFailure) || error.code !== 403) throw error;
    rights.forget();
    return work(true);
  }
}
