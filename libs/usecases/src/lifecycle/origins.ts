import type { ApplicationName, CommitSha, EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { Environment, Pipeline } from '@sluice/pipeline';
import type { EnvironmentIndex, OriginatedContent } from '../ports/index.js';

/** Contents of a source that are looked back at; a source that is further ahead of another one has none in common with it. */
const MAX_CONTENTS = 100;

/** The first environments that an environment's content can come from, in the pipeline's order; of a first environment itself. */
export function firstEnvironments(pipeline: Pipeline, name: EnvironmentName): readonly Environment[] {
  const environment = pipeline.environments.find((candidate) => candidate.name === name);
  if (!environment) return [];
  if (environment.from.length === 0) return [environment];
  const roots = new Set(environment.from.flatMap((source) => firstEnvironments(pipeline, source)));
  return pipeline.environments.filter((candidate) => roots.has(candidate));
}

interface Place {
  readonly repository: RepositoryId;
  readonly pipeline: Pipeline;
  readonly application: ApplicationName;
}

/** What an application's content in an environment has been, newest first, counted in the first environment that all of these sources share (or the source's own). */
export async function historyOf(index: Pick<EnvironmentIndex, 'history'>, { repository, pipeline, application }: Place, environment: EnvironmentName, sources: readonly EnvironmentName[] = [environment]): Promise<readonly OriginatedContent[]> {
  const [shared] = firstEnvironments(pipeline, environment).filter((root) => sources.every((source) => firstEnvironments(pipeline, source).includes(root)));
  return shared ? index.history({ repository, environment, application }, shared.name, MAX_CONTENTS) : [];
}

/** The commit that has an origin's content in an environment: the newest, if it had it more than once. */
export function commitOf(origin: CommitSha, history: readonly OriginatedContent[]): CommitSha | undefined {
  return history.find((content) => content.origin === origin)?.commit;
}
