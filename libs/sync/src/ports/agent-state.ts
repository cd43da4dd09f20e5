import type { CommitSha } from '@sluice/kernel';
import type { DriftRecord } from '../state-report.js';
import type { Assignment } from './control-plane.js';

/** What an agent remembers over restarts, besides its key and its enrolment. */
export interface AgentMemory {
  readonly assignment?: Assignment;
  /** Verified and being made true; whether it is so completely, the target knows. */
  readonly current?: CommitSha;
  /** The newest commit whose apply ran to its end, if with failures: what reports name. */
  readonly settled?: CommitSha;
  /** The acceptance that let `current` in: it lets no second rewriting of the branch in. */
  readonly usedAcceptance?: CommitSha;
  /** A change was applied and the command that follows a change has not succeeded yet. */
  readonly afterChangeDue?: boolean;
  /** What was found changed since `current` came; bounded. */
  readonly drift?: readonly DriftRecord[];
}

/** The agent's folder. Writes are whole and durable when they return. */
export interface AgentState {
  read(): Promise<AgentMemory>;
  write(memory: AgentMemory): Promise<void>;
}

/** Where the number of the newest report is kept: it never goes back in an agent's life. */
export interface ReportJournal {
  readSequence(): Promise<number>;
  writeSequence(sequence: number): Promise<void>;
}
