import { chooseRunner } from '@sluice/gates';
import { Conflict, NotFound } from '@sluice/kernel';
import type { CommitSha } from '@sluice/kernel';
import type { Application, Pipeline } from '@sluice/pipeline';
import { agentsFor, isLive, readAgents } from '../lifecycle/observe-agents.js';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import { wholeSelection } from '../lifecycle/selections.js';
import { endedWith, givenBack, isAllowed, isLost, isWanted, lostIn, replacedBy, taken } from '../lifecycle/test-run.js';
import type { TestEnd } from '../lifecycle/test-run.js';
import type { Cluster, TestRun } from '../ports/index.js';
import { lanesOut } from './new-liveness.js';
import type { ClusterCommand } from './pending-commands.js';
import { assignmentTopic } from './read-assignment.js';

type Ports = Pick<LifecyclePorts, 'clock' | 'transactions' | 'repositories' | 'clusters' | 'testRuns' | 'mirrors' | 'wakes' | 'events' | 'audit' | 'signals'>;

/** What an agent gets with a run. */
export interface TestOrder {
  readonly run: TestRun;
  /** What its cluster runs, as it reported. */
  readonly commit: CommitSha;
  /** The application's files there. */
  readonly paths: readonly string[];
}

/** What an agent says about a run that it has, or had before it ended itself. */
export type TestReport = TestEnd | { readonly outcome: 'refused' | 'lost' };

/** More than an application of manifests and scripts has. */
const MAX_FILES = 10_000;

/** Runs of tests, seen from the agents: who is to run what, and what came of it. Whoever takes a run has it alone until its lease ends; only the one that has it says what came of it. */
export class TestOrders {
  constructor(private readonly ports: Ports) {}

  /** What a cluster's agent is to take now. */
  async commandsFor(cluster: Cluster): Promise<readonly ClusterCommand[]> {
    const { repository, environment, name } = cluster;
    const open = await this.ports.testRuns.open(repository, environment);
    const now = this.ports.clock();
    const pipeline = open.length > 0 ? (await this.ports.repositories.pipeline(repository))?.pipeline : undefined;
    if (!pipeline) return [];
    const agents = await readAgents(this.ports, cluster, { open, now });
    // what it has already, too: it may have been started anew, or have missed the answer when it took it
    const own = open.filter((run) => isHeldBy(run, cluster) || (isFree(run, agents.clusters, now) && isWanted(pipeline, run) && chooseRunner(agentsFor(agents, run)) === name));
    // once a minute it is another command: an agent that could not take it then is asked again
    const minute = Math.floor(now / 60_000);
    return own.map((run) => ({ id: `test-${run.id}-${run.take + 1}-${minute}`, kind: 'test', run: run.id, at: run.orderedAt }));
  }

  /** @throws NotFound for a run of another environment; Conflict when it is not to be had, or not here. */
  async take(cluster: Cluster, id: string): Promise<TestOrder> {
    const run = await this.runOf(cluster, id);
    const { pipeline, application } = await this.placeOf(run);
    const now = this.ports.clock();
    const clusters = await this.ports.clusters.list({ repository: run.repository, environment: run.environment });
    if (!isHeldBy(run, cluster) && !isFree(run, clusters, now)) throw new Conflict(run.state === 'running' ? `${id} is run by ${run.cluster ?? 'another agent'}` : `${id} is ${run.state}`);
    if (!isWanted(pipeline, run)) throw new Conflict(`no gate asks for ${id} any more`);
    await this.checkReady(cluster, run);
    const commit = cluster.report?.commit;
    if (commit === undefined) throw new Conflict(`${cluster.name} has not reported what it runs`);
    const paths = await this.pathsOf(run, application, commit);
    const next = nextTake(isHeldBy(run, cluster) ? givenBack(run) : run, cluster, paths.length, now);
    await this.store(run, next);
    if (next.state !== 'running') throw new Conflict(`${id} is ${next.state}`);
    return { run: next, commit, paths };
  }

  /** Takes a result once; the same result again changes nothing. @throws Conflict when this agent does not have the run (any more). */
  async accept(cluster: Cluster, id: string, { take, report }: { readonly take: number; readonly report: TestReport }): Promise<void> {
    const run = await this.runOf(cluster, id);
    if (run.cluster !== cluster.name || run.take !== take) throw new Conflict(`${id} is not in the hands of ${cluster.name} (any more): its result does not count`);
    if (run.state !== 'running') return;
    if (report.outcome === 'refused') await this.forgetConsent(cluster, run);
    await this.store(run, await this.ended(cluster, run, report), 'output' in report ? report.output : undefined);
  }

  private async ended(cluster: Cluster, run: TestRun, report: TestReport): Promise<TestRun> {
    const now = this.ports.clock();
    if (!('output' in report)) return report.outcome === 'lost' ? lostIn(run, now) : givenBack(run);
    return (await this.isLiveOn(cluster, run)) ? endedWith(run, report, now) : replacedBy(run, `on ${cluster.name} while it ran`, now);
  }

  private async runOf({ repository, environment }: Cluster, id: string): Promise<TestRun> {
    const run = await this.ports.testRuns.get(repository, id);
    if (run?.environment !== environment) throw new NotFound(`there is no run ${id} in ${environment}`);
    return run;
  }

  private async placeOf(run: TestRun): Promise<{ readonly pipeline: Pipeline; readonly application: Application }> {
    const pipeline = (await this.ports.repositories.pipeline(run.repository))?.pipeline;
    const application = pipeline?.applications.find(({ name }) => name === run.application);
    if (!pipeline || !application) throw new Conflict(`the pipeline has no ${run.application} any more`);
    return { pipeline, application };
  }

  private async checkReady(cluster: Cluster, run: TestRun): Promise<void> {
    const allowed = (await this.ports.testRuns.allowed([cluster.name])).get(cluster.name);
    if (!allowed || !isAllowed(run.test, allowed)) throw new Conflict(`${cluster.name} does not allow ${run.test.name}`);
    if (!(await this.isLiveOn(cluster, run))) throw new Conflict(`${run.commit.slice(0, 10)} is not live on ${cluster.name}`);
  }

  private async isLiveOn(cluster: Cluster, { repository, environment, application, ...wanted }: TestRun): Promise<boolean> {
    const liveness = await this.ports.clusters.liveness(repository, environment, application);
    return isLive(liveness.find((entry) => entry.cluster === cluster.name), wanted);
  }

  private async pathsOf(run: TestRun, application: Application, commit: CommitSha): Promise<readonly string[]> {
    const mirror = await this.ports.mirrors.open(run.repository);
    await mirror.ensure(commit);
    return (await mirror.list(commit, wholeSelection(application))).map(({ path }) => path);
  }

  /** It said that it allows this, and now that it does not: the next heartbeat says what holds. */
  private async forgetConsent({ name }: Cluster, { test }: TestRun): Promise<void> {
    const allowed = (await this.ports.testRuns.allowed([name])).get(name) ?? [];
    await this.ports.testRuns.announce(name, allowed.filter((one) => !isAllowed(test, [one])));
  }

  private async store(before: TestRun, next: TestRun, output?: string): Promise<void> {
    const { repository, environment, application, cluster } = next;
    const pipeline = (await this.ports.repositories.pipeline(repository))?.pipeline;
    const stored = await this.ports.transactions.run(async () => {
      if (!(await this.ports.testRuns.save({ ...next, version: before.version }, output))) return false;
      await this.ports.wakes.wake(...lanesOut({ repository, environment }, pipeline, [{ application }]));
      await this.ports.events.append({ type: `test.${next.state}`, repository, environment, application, message: sayChange(next), ...(cluster !== undefined && { cluster }) });
      if (isOver(next) && cluster !== undefined) await this.ports.audit.append({ action: 'test.result', by: { kind: 'agent', name: cluster }, door: 'agent', place: { repository, environment, application, cluster }, before: { state: before.state }, after: { run: next.id, test: next.test.name, state: next.state, message: next.message } });
      return true;
    });
    if (!stored) throw new Conflict(`${next.id} has changed meanwhile`);
    if (next.state === 'ordered') this.ports.signals.publish(assignmentTopic({ repository, environment }));
  }
}

function isOver({ state }: TestRun): boolean {
  return state === 'passed' || state === 'failed';
}

/** To be had by whoever is chosen; also when whoever has it can no longer say anything. */
function isFree(run: TestRun, clusters: readonly Cluster[], now: TestRun['orderedAt']): boolean {
  return run.state === 'ordered' || isLost(run, (name) => clusters.some((cluster) => cluster.name === name && !cluster.revoked), now);
}

/** An agent runs one test at a time and asks for the next one only then: what it asks for again it does not run. */
function isHeldBy(run: TestRun, { name }: Cluster): boolean {
  return run.state === 'running' && run.cluster === name;
}

/** Taken by this cluster; unless it cannot be run by anybody. */
function nextTake(run: TestRun, { name }: Cluster, files: number, now: TestRun['orderedAt']): TestRun {
  if (files > MAX_FILES) return endedWith(run, { outcome: 'unprepared', duration: 0, message: `${run.application} has ${files} files, more than the ${MAX_FILES} that are laid out`, output: '' }, now);
  const free = run.state === 'running' ? lostIn(run, now) : run;
  return free.state === 'ordered' ? taken(free, name, now) : free;
}

function sayChange({ test, environment, application, state, cluster, message }: TestRun): string {
  const what = `${test.name} of ${application} in ${environment}`;
  if (state === 'running') return `${what} runs on ${cluster ?? 'a cluster'}`;
  return `${what} is ${state}${message === '' ? '' : `: ${message}`}`;
}
