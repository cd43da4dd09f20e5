import type { ClusterName, CommitSha, EnvironmentName, Instant } from '@sluice/kernel';

/** What is known of a test in one source environment, for the content that a candidate has there. */
export interface ObservedTest {
  readonly environment: EnvironmentName;
  /** The commit there that has the content. */
  readonly commit: CommitSha;
  /** A hash of that content and the test as the pipeline has it: a result holds for exactly these. */
  readonly boundTo: string;
  /** The newest run; absent: none was ordered. */
  readonly run?: ObservedTestRun;
  /** The agents of the environment that nobody has revoked. */
  readonly agents: readonly ObservedTestAgent[];
  /** The environment's branch has other content of the application by now. */
  readonly replaced: boolean;
  /** What a person types to have it run again, and to read what it said. */
  readonly commands: { readonly again: string; readonly log: string };
}

export interface ObservedTestRun {
  readonly id: string;
  readonly state: 'ordered' | 'running' | 'passed' | 'failed' | 'replaced';
  /** When it was ordered. */
  readonly at: Instant;
  /** Who has it, or had it last. */
  readonly cluster?: ClusterName;
  readonly takenAt?: Instant;
  /** Until when nobody else gets it. */
  readonly leaseUntil?: Instant;
  /** Milliseconds. */
  readonly duration?: number;
  /** What its end was, in words, and its last lines where it failed. */
  readonly message: string;
  /** Agents that were lost while they ran it. */
  readonly lost: number;
  /** Where its output is. */
  readonly url: string;
}

/** Whether an agent can run it now. */
export interface ObservedTestAgent {
  readonly cluster: ClusterName;
  readonly connected: boolean;
  /** `unaware`: of a version that does not know tests. */
  readonly consent: 'allows' | 'refuses' | 'unaware';
  /** It runs this content and has been healthy with it. */
  readonly live: boolean;
  /** It runs another test. */
  readonly busy: boolean;
}

/** Who runs it: the first by name that is connected, allows it and has the content live; one that has nothing else to run before one that has. */
export function chooseRunner(agents: readonly ObservedTestAgent[]): ClusterName | undefined {
  const able = agents.filter(({ connected, consent, live }) => connected && consent === 'allows' && live).sort((a, b) => (a.cluster < b.cluster ? -1 : 1));
  return (able.find(({ busy }) => !busy) ?? able[0])?.cluster;
}
