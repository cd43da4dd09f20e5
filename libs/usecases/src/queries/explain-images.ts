import type { EnvironmentName, RepositoryId } from '@sluice/kernel';
import type { Pipeline } from '@sluice/pipeline';
import type { Verdict } from '@sluice/promotion';
import { readImageNotes } from '../images/image-notes.js';
import type { ImageNote } from '../images/image-notes.js';
import type { Settings } from '../ports/index.js';

interface ImageItem {
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  readonly condition: 'image-update';
  readonly message: string;
  readonly verdicts: readonly Verdict[];
  readonly conflicts: readonly [];
}

/** One entry for each image that is not updated although the pipeline says so. */
export async function imageItems(memory: Settings, repository: RepositoryId, pipeline: Pipeline | undefined, filter: { readonly environment?: EnvironmentName }): Promise<readonly ImageItem[]> {
  const all = new Set((pipeline?.imageUpdates ?? []).map(({ environment }) => environment));
  const environments = [...all].filter((environment) => filter.environment === undefined || filter.environment === environment);
  const items = environments.map(async (environment) => (await readImageNotes(memory, repository, environment)).map((note) => itemOf(repository, environment, note)));
  return (await Promise.all(items)).flat();
}

function itemOf(repository: RepositoryId, environment: EnvironmentName, { image, kind, message, since, until }: ImageNote): ImageItem {
  const clearedBy = kind === 'kept' ? 'whoever pinned it, with a tag that imageUpdates follows; or another policy' : 'whoever pushes the image or mends its registry, or another entry in imageUpdates';
  return { repository, environment, condition: 'image-update', message: `${image}: ${message}`, verdicts: [{ gate: 'imageUpdates', type: 'image-update', outcome: 'wait', message, clearedBy, since, until, evidence: { image } }], conflicts: [] };
}
