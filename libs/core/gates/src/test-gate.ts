import { formatDuration } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import type { TestGate } from '@sluice/pipeline';
import type { Verdict } from '@sluice/promotion';
import type { GateObservations } from './observations.js';
import { chooseRunner } from './observed-test.js';
import type { ObservedTest, ObservedTestAgent, ObservedTestRun } from './observed-test.js';
import type { Judgement } from './verdicts.js';

const NOT_LOOKED: Judgement = { outcome: 'wait', message: 'whether it was run has not been looked at yet', clearedBy: 'Sluice, when the request is open' };

/** `test`: the test has passed on this content in the source environment, or in each where all of several are asked. The result holds for the content, whatever the environment has later. */
export function evaluateTest(gate: TestGate, observed: Pick<GateObservations, 'tests' | 'previous' | 'sources'>): Judgement {
  const tests = observed.tests?.[gate.name] ?? [];
  const answers = tests.map((test) => judge(gate, test, passedBefore(gate, test, observed)));
  const [only] = answers;
  if (!only) return NOT_LOOKED;
  return answers.length === 1 ? only : together(tests, answers);
}

/** Results are kept within bounds: one that is not there any more is still what let this candidate through. */
function passedBefore({ name }: TestGate, { boundTo, environment }: ObservedTest, { previous, sources = [] }: Pick<GateObservations, 'previous' | 'sources'>): Verdict | undefined {
  const known = [...previous, ...sources.filter((source) => source.environment === environment).flatMap(({ passed }) => passed)];
  return known.find((verdict) => verdict.gate === name && verdict.outcome === 'pass' && verdict.evidence['boundTo'] === boundTo);
}

function judge(gate: TestGate, test: ObservedTest, before: Verdict | undefined): Judgement {
  const { run, boundTo } = test;
  const evidence = { boundTo, ...(run && { run: run.id, url: run.url }) };
  if (run?.state === 'passed') return { outcome: 'pass', message: passed(gate, run), evidence };
  if (run?.state === 'failed') return { outcome: 'fail', message: failed(gate, run), clearedBy: `a new commit; or a promoter, with \`${test.commands.again}\` (what it said: \`${test.commands.log}\`)`, evidence };
  if (run?.state === 'running') return { ...running(gate, run), evidence };
  if (before) return { outcome: 'pass', message: before.message, evidence: before.evidence };
  return { ...waiting(gate, test), evidence };
}

function passed({ test }: TestGate, { cluster, duration = 0 }: ObservedTestRun): string {
  return `${test.name} passed on cluster ${cluster ?? 'of old'} in ${formatDuration(duration)}`;
}

function failed({ test }: TestGate, { cluster, message }: ObservedTestRun): string {
  return `${test.name} failed${cluster === undefined ? '' : ` on cluster ${cluster}`}: ${message}`;
}

function running({ test }: TestGate, { cluster, takenAt, leaseUntil, lost }: ObservedTestRun): Pick<Judgement, 'outcome' | 'message' | 'clearedBy' | 'until'> {
  const since = takenAt === undefined ? '' : ` since ${clockTime(takenAt)}`;
  const again = lost === 0 ? '' : ` (tried again: ${agents(lost)} lost while running it)`;
  return { outcome: 'wait', message: `${test.name} runs on ${cluster ?? ''}${since}, for at most ${formatDuration(test.timeout)}${again}`, clearedBy: `the agent of ${cluster ?? 'a cluster'}`, ...(leaseUntil === undefined ? {} : { until: leaseUntil }) };
}

function agents(count: number): string {
  return count === 1 ? 'an agent was' : `${count} agents were`;
}

/** `14:03:07Z`. */
function clockTime(at: Instant): string {
  return `${new Date(at).toISOString().slice(11, 19)}Z`;
}

type Waiting = Pick<Judgement, 'outcome' | 'message' | 'clearedBy'>;

/** Why nobody runs it: the first thing that somebody would have to do about. */
function waiting(gate: TestGate, test: ObservedTest): Waiting {
  const wait = (message: string, clearedBy: string): Waiting => ({ outcome: 'wait', message, clearedBy });
  const { environment, commit } = test;
  const { name } = gate.test;
  if (test.agents.length === 0) return wait(`no agent is enrolled in ${environment}`, `an operator, by enrolling an agent in ${environment}`);
  const runner = chooseRunner(test.agents);
  if (runner !== undefined) return test.agents.some(({ cluster, busy }) => cluster === runner && busy) ? wait(`${name} waits its turn on ${runner}`, `the agent of ${runner}`) : wait(`${name} is handed to ${runner}`, `the agent of ${runner}`);
  if (test.replaced && !test.agents.some(({ live }) => live)) return wait(`${environment} has other content by now; ${name} was not run on ${commit.slice(0, 10)}`, `the promotion of what ${environment} has now, or a commit that brings this content back`);
  return withoutConsent(gate, test) ?? withoutContent(gate, test);
}

/** Where no agent allows it. */
function withoutConsent({ test }: TestGate, { agents: all }: ObservedTest): Waiting | undefined {
  if (all.some(({ consent }) => consent === 'allows')) return undefined;
  const [refusing, unaware] = (['refuses', 'unaware'] as const).map((consent) => namesOf(all.filter((agent) => agent.consent === consent)));
  if (!refusing) return { outcome: 'wait', message: `no agent knows tests: ${unaware ?? ''} ${isMany(unaware) ? 'are' : 'is'} of an older version, or has not been heard of yet`, clearedBy: `whoever runs ${unaware ?? ''}, with a newer agent` };
  return { outcome: 'wait', message: `${isMany(refusing) ? 'agents' : 'agent'} ${refusing} ${isMany(refusing) ? 'do' : 'does'} not allow it: put ${allowance(test)} into the allow-list`, clearedBy: `whoever runs the machine of ${refusing}, with ${allowance(test)} in its allow-list` };
}

function withoutContent({ test }: TestGate, { agents: all, commit, environment }: ObservedTest): Waiting {
  const allowing = all.filter(({ consent }) => consent === 'allows');
  const connected = allowing.filter((agent) => agent.connected);
  if (connected.length === 0) return { outcome: 'wait', message: `${namesOf(allowing)}, which could run ${test.name}, ${allowing.length > 1 ? 'are' : 'is'} not connected`, clearedBy: `${namesOf(allowing)}, when connected again` };
  return { outcome: 'wait', message: `${commit.slice(0, 10)} is not live in ${namesOf(connected)} yet; then ${test.name} is run there`, clearedBy: `the agents of ${environment}, when they report it healthy` };
}

function allowance({ name, command }: TestGate['test']): string {
  return `${name}=${JSON.stringify(command)}`;
}

function namesOf(some: readonly ObservedTestAgent[]): string {
  return some.map(({ cluster }) => cluster).sort().join(', ');
}

function isMany(names: string | undefined): boolean {
  return names?.includes(',') === true;
}

/** Several sources that are all asked. */
function together(tests: readonly ObservedTest[], answers: readonly Judgement[]): Judgement {
  const outcome = (['fail', 'wait'] as const).find((one) => answers.some((answer) => answer.outcome === one)) ?? 'pass';
  const telling = answers.flatMap((answer, at) => (answer.outcome === outcome ? [{ answer, environment: tests[at]?.environment ?? '' }] : []));
  const message = telling.map(({ environment, answer }) => `${environment}: ${answer.message}`).join('; ');
  const clearers = [...new Set(telling.flatMap(({ answer }) => answer.clearedBy ?? []))].join('; ');
  const times = telling.flatMap(({ answer }) => answer.until ?? []);
  const runs = answers.map(({ evidence }, at) => [tests[at]?.environment ?? '', evidence?.['run'] ?? null] as const);
  return { outcome, message, ...(clearers === '' ? {} : { clearedBy: clearers }), ...(times.length === 0 ? {} : { until: Math.min(...times) as Instant }), evidence: Object.fromEntries(runs) };
}
