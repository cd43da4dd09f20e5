import type { CommitSha, Instant } from '@sluice/kernel';
import type { Environment } from '@sluice/pipeline';
import type { LaneCondition, SourcePass } from '@sluice/promotion';
import type { GatePorts, GateScope, SourceCommit } from './observe-gates.js';
import type { LifecyclePorts } from './ports.js';

export type ChoicePorts = GatePorts & Pick<LifecyclePorts, 'clock' | 'environments'>;

export type ChoiceScope = Omit<GateScope, 'from' | 'sources' | 'passed'>;

/** Which of several sources a candidate is taken from, or why from none. */
export type SourceChoice = (
  | { readonly kind: 'taken'; readonly from: Environment; readonly source: CommitSha; readonly origin: CommitSha; readonly supersedes?: string; readonly sources?: readonly SourceCommit[] }
  | { readonly kind: 'none'; readonly condition: LaneCondition; readonly message: string }
) & {
  /** Where all are asked: what has passed in each, to be kept. */
  readonly passed?: readonly SourcePass[];
  /** When something in one of the sources passes by time alone. */
  readonly lookAgainAt?: Instant;
};
