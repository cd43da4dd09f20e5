import type { ApplicationName, CommitSha, Instant, PersonName } from '@sluice/kernel';
import type { ComposeConflict } from '@sluice/manifests';
import type { Environment } from '@sluice/pipeline';
import type { Author, Candidate, ConflictDraft, LaneCondition, LaneId, LaneStatus, Promotion, SourcePass, Verdict } from '@sluice/promotion';
import type { ChangeRequest, WakeTarget } from '../ports/index.js';

/** What composing came to, for the chosen source commit. */
export type Offer =
  | { readonly kind: 'candidate'; readonly candidate: Candidate; readonly verdicts: readonly Verdict[]; readonly authors: readonly Author[]; readonly body?: string }
  | ConflictOffer
  | { readonly kind: 'none'; readonly condition: LaneCondition; readonly message: string; readonly conflicts: readonly ComposeConflict[] };

/** A composition with conflicts, as a draft on which a person can resolve them. */
export interface ConflictOffer {
  readonly kind: 'conflict';
  readonly message: string;
  readonly conflicts: readonly ComposeConflict[];
  readonly draft: ConflictDraft;
  readonly title: string;
  readonly body: string;
}

/** What looking at a lane in its pipeline came to. */
export type Observed = Pick<LaneView, 'offer' | 'source' | 'supersedes' | 'passed' | 'lookAgainAt' | 'goesWith' | 'companions'> & { readonly from?: Environment };

/** The open promotion is not to be kept, and why: what goes together is to be found without it. */
export interface Outdated {
  readonly outdated: string;
}

/** A decision of a person against a promotion. */
export interface Rejection {
  readonly by: PersonName;
  readonly reason: string;
}

/** Everything that is known of a lane at one time; deciding is a pure function of it. */
export interface LaneView {
  readonly lane: LaneId;
  readonly now: Instant;
  readonly publicUrl: string;
  readonly target?: Environment;
  readonly from?: Environment;
  readonly status?: LaneStatus;
  readonly current?: Promotion;
  /** The current promotion's request, or the draft on which conflicts are to be resolved, as the forge has it now. */
  readonly change?: ChangeRequest;
  /** Who has rejected the current promotion, whose request is closed for that: by Sluice's account, on some forges. */
  readonly rejection?: Rejection;
  readonly source?: CommitSha;
  readonly offer: Offer;
  /** The newest content of each source and of the target, where other lanes ask whether this one was looked at since. */
  readonly seen?: readonly CommitSha[];
  /** The lanes of applications that come after this one: they look again when something is different here. */
  readonly followers?: readonly WakeTarget[];
  /** The application in whose lane this one's next candidate is composed. */
  readonly goesWith?: ApplicationName;
  /** The lanes of the other applications that are promoted together with this one: they look again when something has become of it. */
  readonly companions?: readonly WakeTarget[];
  /** Where all of several sources are asked: what has passed in each. */
  readonly passed?: readonly SourcePass[];
  /** When something in a source passes by time alone. */
  readonly lookAgainAt?: Instant;
  /** The pipeline does not have this application any more: in whose lane its rollback goes on, if it was one of several. */
  readonly heir?: ApplicationName;
  /** Why a new candidate takes the place of the current one. */
  readonly supersedes?: string;
}
