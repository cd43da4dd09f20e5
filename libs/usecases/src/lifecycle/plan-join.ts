import { present } from '@sluice/kernel';
import type { CommitSha, RepositoryId } from '@sluice/kernel';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import type { Ledger } from '@sluice/promotion';
import type { CommitEntry, Mirror } from '../ports/index.js';
import { chooseAny } from './choose-any.js';
import { chooseCommon } from './choose-common.js';
import type { SourceCommit } from './observe-gates.js';
import type { ChoicePorts } from './source-choice.js';
import type { LifecyclePorts } from './ports.js';

/** What a plan is made from. */
export interface PlannedSource {
  readonly from: Environment;
  /** The commit in whose history the base has to be. */
  readonly head: CommitSha;
  readonly content: Pick<CommitEntry, 'sha' | 'committedAt'>;
  readonly origin: CommitSha;
  /** Where all of several sources are asked. */
  readonly sources?: readonly SourceCommit[];
}

export interface NotPlanned {
  readonly outcome: 'in-sync' | 'blocked' | 'no-content';
  readonly message: string;
  readonly source?: CommitSha;
}

interface JoinScope {
  readonly repository: RepositoryId;
  readonly pipeline: Pipeline;
  readonly application: Application;
  readonly target: Environment;
  readonly mirror: Mirror;
}

/** The source of a target that has several: the same choice as a lane makes, as if nothing were open. */
export async function planJoin(ports: ChoicePorts & Pick<LifecyclePorts, 'promotions'>, { repository, pipeline, application, target, mirror }: JoinScope, ledger: Ledger | undefined): Promise<PlannedSource | NotPlanned> {
  const lane = { repository, application: application.name, target: target.name };
  const scope = { lane, pipeline, application, target, mirror, ...present({ status: await ports.promotions.lane(lane) }) };
  const choice = target.fromAny ? await chooseAny(ports, scope, ledger) : await chooseCommon(ports, scope);
  if (choice.kind === 'none') return { outcome: choice.condition === 'in-sync' || choice.condition === 'no-content' ? choice.condition : 'blocked', message: choice.message };
  if (ledger?.origin === choice.origin) return { outcome: 'in-sync', message: `${target.name} has ${choice.origin.slice(0, 10)}` };
  await mirror.ensure(choice.source);
  const [content] = await mirror.firstParent(choice.source, { limit: 1 });
  if (!content) return { outcome: 'blocked', message: `${choice.source.slice(0, 10)} cannot be read` };
  return { from: choice.from, head: content.sha, content, origin: choice.origin, ...present({ sources: choice.sources }) };
}
