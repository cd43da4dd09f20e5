import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import type { LaneId, LaneStatus, Promotion, SourcePass } from '@sluice/promotion';
import type { ChangeRequest, Mirror } from '../ports/index.js';
import type { MemberCommit, SourceCommit } from './observe-gates.js';
import type { TestPorts } from './observe-tests.js';
import type { LifecyclePorts } from './ports.js';

export type ObservePorts = Pick<LifecyclePorts, 'clock' | 'rights' | 'repositories' | 'environments' | 'promotions' | 'rollouts' | 'approvals' | 'forges' | 'ownAccounts' | 'freezes' | 'people' | 'clusters' | 'mirrors' | 'reader' | 'renderer' | 'changes' | 'reviews' | 'statuses' | 'signals' | 'pushes' | 'signatures' | 'questions' | 'images' | 'memory' | 'outbox' | 'settings'> & TestPorts;

/** A lane in its pipeline, with what is stored of it. */
export interface LaneScope {
  readonly lane: LaneId;
  readonly pipeline: Pipeline;
  readonly application: Application;
  readonly target: Environment;
  readonly from: Environment;
  /** Where all of several sources are asked: the commit that has the candidate's origin in each. */
  readonly sources?: readonly SourceCommit[];
  /** Where all of several sources are asked: what has passed in each. */
  readonly passed?: readonly SourcePass[];
  readonly mirror: Mirror;
  /** The open promotion's source commit stays, whatever the source has now. */
  readonly pinned?: true;
  /** Why the open promotion, of several applications, is not kept: what goes together is to be found anew. */
  readonly outdated?: string;
  /** Where several applications are promoted together: all of them, each with its source commit. `application` is then all of them in one. */
  readonly members?: readonly MemberCommit[];
  /** Why they go together, where they are no release set. */
  readonly moves?: string;
  readonly status?: LaneStatus;
  readonly current?: Promotion;
  /** The open request, of the promotion or of a draft with conflicts. */
  readonly change?: ChangeRequest;
}
