import { chooseRunner } from '@sluice/gates';
import type { ObservedTest, ObservedTestRun } from '@sluice/gates';
import { present } from '@sluice/kernel';
import type { CommitSha, EnvironmentName } from '@sluice/kernel';
import type { Application, Environment, Pipeline, TestGate } from '@sluice/pipeline';
import type { LaneId } from '@sluice/promotion';
import { assignmentTopic } from '../fleet/read-assignment.js';
import type { ContentHead, Mirror, TestRun } from '../ports/index.js';
import { agentsFor, readAgents } from './observe-agents.js';
import type { EnvironmentAgents } from './observe-agents.js';
import type { LifecyclePorts } from './ports.js';
import { contentSelection, usesSelection } from './selections.js';
import { isLost, lostIn, newTestRun, replacedBy, subjectOf } from './test-run.js';
import type { TestSubject } from './test-run.js';

/** `testRuns` without `order` and `save`: nothing is ordered and nothing settled, as for a plan. */
export type TestPorts = Pick<LifecyclePorts, 'clock' | 'clusters' | 'environments' | 'signals' | 'settings'> & {
  readonly testRuns: Pick<LifecyclePorts['testRuns'], 'newest' | 'open' | 'allowed'> & Partial<Pick<LifecyclePorts['testRuns'], 'order' | 'save'>>;
};

export interface TestScope {
  readonly lane: LaneId;
  readonly target: Pick<Environment, 'gates'>;
  readonly pipeline: Pipeline;
  readonly application: Application;
  readonly mirror: Mirror;
}

export interface TestSource {
  readonly environment: EnvironmentName;
  readonly commit: CommitSha;
}

/**
 * What is known of each test that the target's gates ask for, on a source's content. What was not run on it yet is ordered; an order that an agent was lost with is to be had again; and one whose
 * content is no longer there is ended.
 */
export async function observeTests(ports: TestPorts, scope: TestScope, sources: readonly TestSource[]): Promise<Readonly<Record<string, readonly ObservedTest[]>>> {
  const gates = scope.target.gates.filter((gate) => gate.type === 'test');
  const found: Record<string, readonly ObservedTest[]> = {};
  for (const gate of gates) {
    const tests: ObservedTest[] = [];
    for (const source of sources) tests.push(await observeTest(ports, scope, gate, source));
    found[gate.name] = tests;
  }
  return found;
}

async function observeTest(ports: TestPorts, scope: TestScope, { test }: TestGate, { environment, commit }: TestSource): Promise<ObservedTest> {
  const { lane, application, mirror } = scope;
  await mirror.ensure(commit);
  const contentKey = await mirror.contentKey(commit, contentSelection(scope.pipeline, application));
  const head = await ports.environments.content(lane.repository, environment, lane.application);
  const uses = await usedBy(ports, scope, { environment, commit, ...present({ newest: head }) });
  const subject: TestSubject = { lane, environment, commit, contentKey, ...present({ uses }), test };
  const boundTo = subjectOf(subject);
  const now = ports.clock();
  const open = await ports.testRuns.open(lane.repository, environment);
  const agents = await readAgents(ports, { ...lane, environment }, { open, now });
  const replaced = head !== undefined && head.commit !== commit;
  const able = agentsFor(agents, { application: lane.application, commit, ...present({ touched: uses?.touched }), test });
  const run = await settledRun(ports, { subject, boundTo, agents, head: head?.commit, lasting: !replaced || able.some(({ live }) => live) });
  if (run?.state === 'ordered' && chooseRunner(able) !== undefined) ports.signals.publish(assignmentTopic({ repository: lane.repository, environment }));
  return { environment, commit, boundTo, agents: able, replaced, ...(run && { run: observedRun(ports, run) }), commands: commandsFor(lane, environment) };
}

/** A change in what an application uses is none of its content, and yet what was tested is not what is there any more: also when only the pipeline file says anew what it uses. */
async function usedBy(ports: TestPorts, { lane, application, mirror }: TestScope, { environment, commit, newest }: TestSource & { readonly newest?: ContentHead }): Promise<TestSubject['uses']> {
  const head = application.uses.length === 0 ? undefined : (await ports.environments.state(lane.repository, environment))?.head;
  if (head === undefined) return undefined;
  await mirror.ensure(head);
  return { key: await mirror.contentKey(head, usesSelection(application)), ...(newest?.commit === commit && { touched: newest.touched }) };
}

function commandsFor({ application }: LaneId, environment: EnvironmentName): ObservedTest['commands'] {
  return { again: `sluice tests run ${application} ${environment}`, log: `sluice tests ${application} ${environment} --log` };
}

interface Wanted {
  readonly subject: TestSubject;
  readonly boundTo: string;
  readonly agents: EnvironmentAgents;
  /** The newest content on the environment's branch. */
  readonly head: CommitSha | undefined;
  /** The content is there, or on its way there. */
  readonly lasting: boolean;
}

/** The newest run of a subject as it is to be from now on; a new one where none says anything. */
async function settledRun(ports: TestPorts, wanted: Wanted): Promise<TestRun | undefined> {
  const { order, save } = bound(ports);
  const newest = await ports.testRuns.newest(wanted.boundTo);
  if (!order || !save) return newest;
  await endOthers(save, wanted);
  if (newest && newest.state !== 'replaced') return kept(save, newest, wanted);
  if (!wanted.lasting) return newest;
  const run = newTestRun(wanted.subject, { subject: wanted.boundTo, number: (newest?.number ?? 0) + 1, at: wanted.agents.now });
  return (await order(run)) ? run : ports.testRuns.newest(wanted.boundTo);
}

type Save = (run: TestRun) => Promise<boolean>;

function bound({ testRuns }: TestPorts): { readonly order?: Save; readonly save?: Save } {
  return { ...present({ order: testRuns.order?.bind(testRuns), save: testRuns.save?.bind(testRuns) }) };
}

async function kept(save: Save, run: TestRun, { subject, agents, lasting }: Wanted): Promise<TestRun> {
  const next = nextOf(run, subject.commit, agents, lasting);
  // somebody else was first: their news wakes us
  return next === run || !(await save(next)) ? run : { ...next, version: run.version + 1 };
}

function nextOf(run: TestRun, commit: CommitSha, { clusters, now }: EnvironmentAgents, lasting: boolean): TestRun {
  const isThere = (cluster: string): boolean => clusters.some(({ name }) => name === cluster);
  if (isLost(run, isThere, now)) return lostIn(run, now);
  if (run.state !== 'ordered') return run;
  if (!lasting) return replacedBy(run, 'before it was run', now);
  // the same content under another commit: it was taken back and came again
  return run.commit === commit ? run : { ...run, commit };
}

/** What was ordered for content that is there no more, for another test or with something else that it uses, is run by nobody. */
async function endOthers(save: Save, { subject, boundTo, agents, head }: Wanted): Promise<void> {
  const { open, liveness, now } = agents;
  const stale = open.filter((run) => run.state === 'ordered' && run.subject !== boundTo && run.application === subject.lane.application && run.test.name === subject.test.name);
  for (const run of stale) if (run.commit === subject.commit || (run.commit !== head && !liveness.some(({ content }) => content === run.commit))) await save(replacedBy(run, 'before it was run', now));
}

function observedRun({ settings }: TestPorts, run: TestRun): ObservedTestRun {
  const { id, state, orderedAt, message, lost, repository } = run;
  const url = `${settings.publicUrl}/api/v1/repositories/${repository}/test-runs/${id}/log`;
  return { id, state, at: orderedAt, message, lost, url, ...present({ cluster: run.cluster, takenAt: run.takenAt, leaseUntil: run.leaseUntil, duration: run.duration }) };
}
