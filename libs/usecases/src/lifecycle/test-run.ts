import { formatDuration, later, printable } from '@sluice/kernel';
import type { ClusterName, CommitSha, EnvironmentName, Instant, PersonName } from '@sluice/kernel';
import type { Pipeline, TestDefinition } from '@sluice/pipeline';
import { hashOf } from '@sluice/promotion';
import type { LaneId } from '@sluice/promotion';
import type { AllowedTest, TestRun } from '../ports/index.js';

/** Ending the processes, and the way of the result. */
const GRACE = 60_000;
/** Agents that may be lost before a test is taken for what loses them. */
const MAX_LOST = 3;
const LAST_LINES = 5;
const MAX_MESSAGE = 500;

/** What a test is run on. */
export interface TestSubject {
  readonly lane: Pick<LaneId, 'repository' | 'application'>;
  readonly environment: EnvironmentName;
  readonly commit: CommitSha;
  /** Of the application at that commit. */
  readonly contentKey: string;
  /** Of what it uses and does not own, as the environment has it, and since which position; absent: it uses nothing. */
  readonly uses?: { readonly key: string; readonly touched?: number };
  readonly test: TestDefinition;
}

/** A hash of the content, of what that uses, and the test: what a result holds for. */
export function subjectOf({ lane, environment, contentKey, uses, test }: TestSubject): string {
  return hashOf(['sluice-test', 1, lane.repository, environment, lane.application, contentKey, test.name, test.command, test.timeout, test.image ?? null, ...(uses ? [uses.key] : [])]);
}

export function newTestRun({ lane, environment, commit, uses, test }: TestSubject, made: { readonly subject: string; readonly number: number; readonly at: Instant; readonly by?: PersonName }): TestRun {
  const { subject, number, at, by } = made;
  const id = `${environment}-${lane.application}-${test.name}-${subject.slice(0, 12)}-${number}`;
  return { id, subject, number, repository: lane.repository, application: lane.application, environment, commit, ...(uses?.touched !== undefined && { touched: uses.touched }), test, state: 'ordered', orderedAt: at, ...(by !== undefined && { orderedBy: by }), take: 0, lost: 0, message: '', version: 1 };
}

/** An agent has it from now on. */
export function taken(run: TestRun, cluster: ClusterName, now: Instant): TestRun {
  return { ...run, state: 'running', cluster, take: run.take + 1, takenAt: now, leaseUntil: later(now, run.test.timeout + GRACE) };
}

/** Nobody has it any more: it is to be had again. */
export function givenBack(run: TestRun): TestRun {
  const { cluster: _cluster, takenAt: _takenAt, leaseUntil: _leaseUntil, ...rest } = run;
  return { ...rest, state: 'ordered' };
}

/** The agent that had it does not come back; a test that loses one agent after the other is ended. */
export function lostIn(run: TestRun, now: Instant): TestRun {
  const lost = run.lost + 1;
  if (lost < MAX_LOST) return { ...givenBack(run), lost };
  return { ...run, state: 'failed', lost, finishedAt: now, message: `${lost} agents were lost while they ran it, the last one on ${run.cluster ?? 'a cluster of old'}` };
}

/** Whether whoever has it can no longer say anything about it. */
export function isLost(run: TestRun, isThere: (cluster: ClusterName) => boolean, now: Instant): boolean {
  if (run.state !== 'running') return false;
  return run.leaseUntil === undefined || now >= run.leaseUntil || run.cluster === undefined || !isThere(run.cluster);
}

/** How a run that was started, or could not be, has ended. */
export interface TestEnd {
  readonly outcome: 'exited' | 'timed-out' | 'not-started' | 'unprepared';
  readonly exitCode?: number;
  readonly signal?: string;
  /** Milliseconds. */
  readonly duration: number;
  /** Why it was not started or prepared. */
  readonly message: string;
  readonly output: string;
}

export function endedWith(run: TestRun, end: TestEnd, now: Instant): TestRun {
  const { outcome, exitCode, duration } = end;
  const passed = outcome === 'exited' && exitCode === 0;
  return { ...run, state: passed ? 'passed' : 'failed', finishedAt: now, duration, ...(exitCode !== undefined && { exitCode }), message: sayEnd(run, end) };
}

/** The environment has other content: what it was to say, or has said, is about nothing that is there. */
export function replacedBy(run: TestRun, when: string, now: Instant): TestRun {
  return { ...run, state: 'replaced', finishedAt: now, message: `${run.environment} got other content ${when}` };
}

function sayEnd({ test }: TestRun, { outcome, exitCode, signal, duration, message, output }: TestEnd): string {
  const lines = lastLines(output);
  const told = lines === '' ? '' : `: ${lines}`;
  switch (outcome) {
    case 'exited':
      return `${signal === undefined ? `exit code ${exitCode ?? 'unknown'}` : `ended by ${signal}`} after ${formatDuration(duration)}${exitCode === 0 ? '' : told}`;
    case 'timed-out':
      return `ended since it took longer than ${formatDuration(test.timeout)}${told}`;
    case 'not-started':
      return `could not be started: ${printable(message, MAX_MESSAGE)}`;
    case 'unprepared':
      return `its files could not be laid out: ${printable(message, MAX_MESSAGE)}`;
  }
}

function lastLines(output: string): string {
  const lines = output.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  return printable(lines.slice(-LAST_LINES).join(' / ').slice(-MAX_MESSAGE), MAX_MESSAGE);
}

/** Whether some gate still asks for it, as it was ordered. */
export function isWanted(pipeline: Pipeline, { environment, application, test }: TestRun): boolean {
  if (!pipeline.applications.some(({ name }) => name === application)) return false;
  return pipeline.environments.some(({ from, gates }) => from.includes(environment) && gates.some((gate) => gate.type === 'test' && sameTest(gate.test, test)));
}

function sameTest(a: TestDefinition, b: TestDefinition): boolean {
  return a.name === b.name && a.timeout === b.timeout && a.image === b.image && sameCommand(a, b);
}

/** Whether an agent's machine allows exactly this. */
export function isAllowed(test: TestDefinition, allowed: readonly AllowedTest[]): boolean {
  return allowed.some(({ name, command }) => name === test.name && sameCommand({ command }, test));
}

function sameCommand(a: Pick<TestDefinition, 'command'>, b: Pick<TestDefinition, 'command'>): boolean {
  return JSON.stringify(a.command) === JSON.stringify(b.command);
}
