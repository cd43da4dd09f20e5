import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import type { LaneId } from '@sluice/promotion';
import type { GateQuestions, ImageRegistry, Mirror } from '../ports/index.js';
import type { LifecyclePorts } from './ports.js';

/** What looking at a candidate takes of the outside. Without `questions` and `images` nobody is asked: a plan must not bother anybody. */
export type FindingPorts = Pick<LifecyclePorts, 'clock' | 'reader' | 'promotions' | 'signatures' | 'settings'> & { readonly questions?: GateQuestions; readonly images?: ImageRegistry };

/** Where a candidate goes, and what it is looked up in. */
export interface FindingScope {
  readonly lane: LaneId;
  readonly pipeline: Pipeline;
  readonly application: Application;
  readonly from: Environment;
  readonly target: Environment;
  readonly mirror: Mirror;
}
