import type { API } from '@sluice/contracts';
import type { ForgeCredential, PipelineRecord, Repository } from '@sluice/usecases';
import type { z } from 'zod';
import { gitUrl } from '../../forge/git-url.js';
import type { Settings } from '../../settings.js';

export type RepositoryDto = z.output<typeof API.createRepository.reply>;

/** A repository, with where people and agents clone it. */
export function presentRepository({ id, forge, configBranch, remote }: Repository, known: { readonly settings: Pick<Settings, 'publicUrl'>; readonly record: PipelineRecord | undefined; readonly credentials: readonly ForgeCredential[] }): RepositoryDto {
  const pipeline = known.record?.pipeline;
  const common = { id, forge, configBranch, ...(pipeline && { pipeline: pipeline.name }) };
  if (!remote) return { ...common, gitUrl: gitUrl(known.settings, id) };
  const url = `${known.credentials.find(({ name }) => name === remote.credential)?.url ?? ''}/${remote.path}`;
  return { ...common, gitUrl: `${url}.git`, remote: { credential: remote.credential, path: remote.path, url, webhook: remote.hook !== undefined } };
}
