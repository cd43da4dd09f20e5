import type { HealthExpressions } from '@sluice/health';
import type { IgnoreRule } from '@sluice/sync-plan';
import { type Clock, type CommitSha, messageOf, present, SluiceError } from '@sluice/kernel';
import type { Enforcement } from './describe-condition.js';
import type { AfterChange } from './ports/after-change.js';
import type { AgentMemory } from './ports/agent-state.js';
import type { SourceRepository } from './ports/source-repository.js';
import { type ApplyResult, type DesiredFile, type DriftEntry, placeKey, type Target } from './ports/target.js';
import { type DescribedDrift, describeDrift } from './describe-drift.js';
import { ownFiles } from './own-files.js';
import type { Remembered } from './remembered.js';
import { trackDrift } from './track-drift.js';

export interface EnforceParts {
  readonly source: Pick<SourceRepository, 'files'>;
  readonly target: Target;
  readonly remembered: Remembered;
  readonly afterChange?: AfterChange;
  readonly clock: Clock;
}

export interface EnforceOptions {
  readonly drift: 'revert' | 'report';
  /** Fields whose difference is no drift; absent: none. */
  readonly ignore?: readonly IgnoreRule[];
  /** When objects of kinds are well; absent: as the target knows. */
  readonly healthRules?: readonly HealthExpressions[];
  /** Compare by content even what seems unchanged. */
  readonly deep?: boolean;
  readonly signal?: AbortSignal;
  /** The current commit's files, when they were just listed. */
  readonly files?: readonly DesiredFile[];
  /** Called before the target is written to. */
  readonly applying?: (commit: CommitSha) => Promise<void>;
}

/** Makes the current commit true and keeps it so: finishes an apply that was cut off, then reverts or records what another hand changed. Needs neither the control plane nor the remote. */
export class EnforceCurrent {
  constructor(private readonly parts: EnforceParts) {}

  async run(options: EnforceOptions): Promise<Enforcement> {
    const memory = await this.parts.remembered.get();
    const { current } = memory;
    if (!current) return { failed: [], drift: [] };
    let seen: DescribedDrift = NOTHING_SEEN;
    let needed: boolean;
    try {
      seen = memory.settled === current ? await this.look(current, options) : seen;
      needed = (await this.parts.target.applied()) !== current || (options.drift === 'revert' && seen.found.some(isRevertible));
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      return { ...this.standing(memory), unreadable: `the target cannot be looked at: ${error.message}` };
    }
    if (!needed) return this.conclude(current, seen.found, { written: 0, deleted: 0, unchanged: 0, failed: [] }, options);
    return this.apply(current, seen, options);
  }

  private async look(current: CommitSha, { deep = false, files, ignore = [], healthRules = [] }: Pick<EnforceOptions, 'deep' | 'files' | 'ignore' | 'healthRules'>): Promise<DescribedDrift> {
    const { target, source } = this.parts;
    const wanted = async () => files ?? ownFiles(await source.files(current));
    return describeDrift(await target.drift({ deep, files: wanted, ignore, healthRules }), { target, files: wanted, ignore });
  }

  private async apply(current: CommitSha, seen: DescribedDrift, options: EnforceOptions): Promise<Enforcement> {
    const memory = await this.parts.remembered.get();
    const { found } = seen;
    try {
      const files = options.files ?? ownFiles(await this.parts.source.files(current));
      await options.applying?.(current);
      const result = await this.applyFiles(current, files, seen, options);
      if (!result.interrupted) return await this.conclude(current, found, result, options);
      return this.unfinished(memory, found, `the apply of ${current.slice(0, 10)} was stopped and will be finished`);
    } catch (error) {
      return this.unfinished(memory, found, `commit ${current.slice(0, 10)} could not be applied: ${messageOf(error)}`);
    }
  }

  private async applyFiles(current: CommitSha, files: readonly DesiredFile[], seen: DescribedDrift, options: EnforceOptions): Promise<ApplyResult> {
    const { signal, ignore, healthRules } = options;
    const leave = new Set([...seen.ignored, ...(options.drift === 'report' ? seen.found.map(placeKey) : [])]);
    const due = (await this.parts.remembered.get()).afterChangeDue === true;
    // remembered before the first write: a kill between the last file and the command would lose it
    if (this.parts.afterChange && !due) await this.parts.remembered.update({ afterChangeDue: true });
    const result = await this.parts.target.apply(current, files, { leave, ...present({ signal, ignore, healthRules }) });
    const untouched = result.written + result.deleted === 0 && !result.interrupted;
    if (this.parts.afterChange && !due && untouched) await this.parts.remembered.update({ afterChangeDue: false });
    return result;
  }

  private async conclude(current: CommitSha, found: readonly DriftEntry[], result: ApplyResult, options: EnforceOptions): Promise<Enforcement> {
    const failedPaths = new Set(result.failed.map(placeKey));
    const reverted = new Set(options.drift === 'revert' ? found.filter((entry) => isRevertible(entry) && !failedPaths.has(placeKey(entry))).map(placeKey) : []);
    const memory = await this.parts.remembered.get();
    // the first look at what does not belong here comes right after the first apply, not a sweep later
    const seen = memory.settled === current ? found : (await this.look(current, options)).found;
    const drift = trackDrift(memory.drift ?? [], seen.filter((entry) => !failedPaths.has(placeKey(entry))), reverted, this.parts.clock());
    if (memory.settled !== current || !sameRecords(memory.drift ?? [], drift)) await this.parts.remembered.update({ settled: current, drift });
    const health = (await this.parts.target.health?.()) ?? [];
    return { current, settled: current, failed: result.failed, drift, health, ...(await this.afterChange(current, result)) };
  }

  private async afterChange(current: CommitSha, result: ApplyResult): Promise<Pick<Enforcement, 'afterChange' | 'afterChangeWaits'>> {
    if (result.failed.length > 0) return { afterChangeWaits: this.parts.afterChange !== undefined && (await this.parts.remembered.get()).afterChangeDue === true };
    const failure = await this.runAfterChange(current);
    return failure === undefined ? {} : { afterChange: failure };
  }

  private async runAfterChange(current: CommitSha): Promise<string | undefined> {
    const { afterChange, remembered } = this.parts;
    if (!afterChange || !(await remembered.get()).afterChangeDue) return undefined;
    const outcome = await afterChange.run(current);
    if (!outcome.ok) return outcome.error;
    await remembered.update({ afterChangeDue: false });
    return undefined;
  }

  private unfinished(memory: AgentMemory, found: readonly DriftEntry[], why: string): Enforcement {
    const drift = trackDrift(memory.drift ?? [], found, new Set(), this.parts.clock());
    return { ...this.standing(memory), drift, unfinished: why };
  }

  private standing({ current, settled, drift = [] }: AgentMemory): Enforcement {
    return { ...(current && { current }), ...(settled && { settled }), failed: [], drift };
  }
}

const NOTHING_SEEN: DescribedDrift = { found: [], ignored: new Set() };

function isRevertible(entry: DriftEntry): boolean {
  return entry.kind !== 'foreign';
}

function sameRecords(before: Enforcement['drift'], after: Enforcement['drift']): boolean {
  return JSON.stringify(before) === JSON.stringify(after);
}
