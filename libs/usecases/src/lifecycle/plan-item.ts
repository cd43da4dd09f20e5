import type { ApplicationName, CommitSha, EnvironmentName } from '@sluice/kernel';
import type { ComposeConflict, ComposeNote, ObjectChange } from '@sluice/manifests';
import type { Verdict } from '@sluice/promotion';

/** Something that does not move. */
export interface PlannedState {
  readonly condition: string;
  readonly message: string;
}

/** What one environment would get of one application. */
export interface PlanItem {
  readonly environment: EnvironmentName;
  readonly application: ApplicationName;
  /** `held`, `closed`, `waiting`: as the lane's condition would be. */
  readonly outcome: 'in-sync' | 'change' | 'record-only' | 'conflict' | 'adopt' | 'held' | 'closed' | 'waiting' | 'blocked' | 'no-content';
  readonly message: string;
  /** What `why` says of the lane and of its environment now, whatever is planned. */
  readonly now: readonly PlannedState[];
  /** The source environment, when it was planned from what that would have after its own promotion. Such content has no commit yet, so there is neither `source` nor `digest`. */
  readonly after?: EnvironmentName;
  /** The applications that would be promoted with it as one, itself among them: `digest` and `gates` are those of all, `changes` its own. Absent: it goes by itself. */
  readonly together?: readonly ApplicationName[];
  readonly source?: CommitSha;
  readonly digest?: string;
  readonly changes: readonly ObjectChange[];
  /** What of the changes was rendered, and by what; what was not, and why. */
  readonly rendering: readonly string[];
  readonly notes: readonly ComposeNote[];
  readonly conflicts: readonly ComposeConflict[];
  readonly gates: readonly Verdict[];
}
