import { ownershipFor } from '@sluice/pipeline';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { hashOf } from '@sluice/promotion';
import type { PathSelection } from '../ports/index.js';

/** Every file of the application, owned by the environment or not: what a digest and a content key cover. */
export function wholeSelection(application: Pick<Application, 'paths'>): PathSelection {
  return { include: application.paths, exclude: RESERVED };
}

/** What a promotion into the target may change: the application's files less those that the target (or another of these environments) owns whole. */
export function promotedSelection(pipeline: Pipeline, application: Application, ...owners: readonly Environment[]): PathSelection {
  return { include: application.paths, exclude: [...RESERVED, ...ownershipFor(pipeline, ...owners.map(({ name }) => name)).excludedPaths] };
}

/** All that a cluster may run: everything but Sluice's own files. */
export function everythingSelection(): PathSelection {
  return { include: ['**'], exclude: RESERVED };
}

/** What makes a commit on any environment's branch a new candidate: files that no environment owns whole. */
export function contentSelection(pipeline: Pipeline, application: Application): PathSelection {
  const everywhere = pipeline.environmentOwned.flatMap((rule) => (rule.path !== undefined && rule.fields.length === 0 && rule.environments.length === 0 ? [rule.path] : []));
  return { include: application.paths, exclude: [...RESERVED, ...everywhere] };
}

export function usesSelection(application: Application): PathSelection {
  return { include: application.uses, exclude: RESERVED };
}

/** Sluice's own files belong to no application. */
const RESERVED = ['.sluice/**', 'sluice.yaml'];

/** Hash of the rules that decide what belongs to an application: part of its digest. */
export function applicationRules(pipeline: Pipeline, application: Application): string {
  return hashOf([application.paths, application.uses, ownershipText(pipeline)]);
}

/** Grows when an index holds something that older ones do not: they are made again. */
const INDEX_VERSION = 4;

/** Hash of everything that the index of an environment was made with. */
export function indexRules(pipeline: Pipeline, environment: Environment): string {
  return hashOf([INDEX_VERSION, environment.branch, pipeline.applications.map((application) => [application.name, application.paths, application.uses]), ownershipText(pipeline)]);
}

function ownershipText(pipeline: Pipeline): unknown {
  return pipeline.environmentOwned.map((rule) => [rule.environments, rule.path ?? null, rule.kind ?? null, rule.fields.map((field) => field.map(String)), rule.part ?? null]);
}
