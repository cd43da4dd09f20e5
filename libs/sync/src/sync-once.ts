import { type ClusterName, type CommitSha, messageOf, SluiceError } from '@sluice/kernel';
import type { AssignmentBook } from './assignment-book.js';
import { decideSync, type SyncObservation, type SyncPlan } from './decide-sync.js';
import { describeCondition, type Enforcement } from './describe-condition.js';
import type { EnforceCurrent, EnforceOptions } from './enforce-current.js';
import { observeCandidate } from './observe-candidate.js';
import { ownFiles } from './own-files.js';
import type { Assignment } from './ports/control-plane.js';
import type { SourceRepository } from './ports/source-repository.js';
import type { DesiredFile, Target } from './ports/target.js';
import type { Remembered } from './remembered.js';
import type { ReportState } from './report-state.js';

export interface SyncParts {
  readonly cluster: ClusterName;
  readonly book: AssignmentBook;
  readonly source: SourceRepository;
  readonly target: Pick<Target, 'owned'>;
  readonly remembered: Remembered;
  readonly enforce: EnforceCurrent;
  readonly reports: Pick<ReportState, 'set'>;
  /** Whether a commit without any file may empty the target. */
  readonly allowEmpty: boolean;
}

export interface SyncOptions {
  /** Ask the control plane what is assigned; else what is known counts. */
  readonly ask: boolean;
  readonly deep?: boolean;
  readonly signal?: AbortSignal;
}

/** `settled`: nothing to do until something changes. `again`: something outside did not answer or failed, a later run may do better. */
export interface SyncOutcome {
  readonly state: 'settled' | 'again';
  readonly plan: SyncPlan;
  /** What the control plane said instead of an assignment; the known one was used. */
  readonly unanswered?: unknown;
}

interface Admitted {
  readonly plan: SyncPlan;
  /** Of an `apply`. */
  readonly files?: readonly DesiredFile[];
}

/** One look at everything: assignment → fetch → verify → apply or keep → health → report. Level-triggered: any number of runs leads to the same end. */
export class SyncOnce {
  constructor(private readonly parts: SyncParts) {}

  async run(options: SyncOptions): Promise<SyncOutcome> {
    const unanswered = options.ask ? await this.ask() : undefined;
    const { plan, files } = await this.admit(decideSync(await this.observe()));
    const assigned = await this.parts.book.known();
    const enforcement = await this.parts.enforce.run({
      ...(files && { files }),
      ...policyOf(assigned),
      deep: options.deep ?? false,
      ...(options.signal && { signal: options.signal }),
      applying: (commit) => this.announce(commit),
    });
    this.parts.reports.set(describeCondition(plan, enforcement));
    return { state: isSettled(plan, enforcement) ? 'settled' : 'again', plan, ...(unanswered !== undefined && { unanswered }) };
  }

  private async ask(): Promise<unknown> {
    try {
      await this.parts.book.ask();
      return undefined;
    } catch (error) {
      return error;
    }
  }

  private async observe(): Promise<SyncObservation> {
    const { cluster, remembered, source } = this.parts;
    const memory = await remembered.get();
    const { assignment, current } = memory;
    const base = { cluster, ...(assignment && { assignment }), ...(current && { current }) };
    if (!assignment?.commit || assignment.commit === current) return base;
    try {
      return { ...base, candidate: await observeCandidate(source, assignment, assignment.commit, memory) };
    } catch (error) {
      return { ...base, unreadable: messageOf(error) };
    }
  }

  /** Makes the commit of an `apply` the current one, durably, before anything of it is written; its files must be readable, and be some. */
  private async admit(plan: SyncPlan): Promise<Admitted> {
    if (plan.kind !== 'apply') return { plan };
    let files: readonly DesiredFile[];
    try {
      files = ownFiles(await this.parts.source.files(plan.commit));
      const owned = files.length === 0 && !this.parts.allowEmpty ? await this.parts.target.owned() : 0;
      if (owned > 0) return { plan: { kind: 'blocked', reason: emptying(plan.commit, owned) } };
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      return { plan: { kind: 'wait', reason: `commit ${plan.commit.slice(0, 10)} cannot be read: ${error.message}` } };
    }
    await this.parts.remembered.update({ current: plan.commit, ...(plan.acceptance && { usedAcceptance: plan.acceptance }), drift: [] });
    return { plan, files };
  }

  private async announce(commit: CommitSha): Promise<void> {
    const { settled, drift = [] } = await this.parts.remembered.get();
    if (settled === commit) return;
    this.parts.reports.set({ ...(settled && { commit: settled }), phase: 'syncing', message: `applying ${commit.slice(0, 10)}`, health: 'InProgress', resources: [], drift });
  }
}

function policyOf(assigned: Assignment | undefined): Pick<EnforceOptions, 'drift' | 'ignore' | 'healthRules'> {
  return { drift: assigned?.drift ?? 'report', ...(assigned?.driftIgnore && { ignore: assigned.driftIgnore }), ...(assigned?.healthRules && { healthRules: assigned.healthRules }) };
}

function isSettled(plan: SyncPlan, enforcement: Enforcement): boolean {
  return (plan.kind === 'enforce' || plan.kind === 'apply') && enforcement.failed.length === 0 && enforcement.unfinished === undefined && enforcement.unreadable === undefined && enforcement.afterChange === undefined;
}

function emptying(commit: CommitSha, owned: number): string {
  return `commit ${commit.slice(0, 10)} has no files and would delete all ${owned} in the target: put a file into it, or start the agent once with SLUICE_ALLOW_EMPTY=true`;
}
