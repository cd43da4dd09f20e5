import type { CommitSha } from '@sluice/kernel';
import { PIPELINE_FILE } from '@sluice/pipeline';
import type { Diagnostic, Pipeline } from '@sluice/pipeline';
import type { Mirror, PipelineRecord, Repositories, Repository, UntrustedReader } from '../ports/index.js';

const MAX_PIPELINE_BYTES = 1_048_576;

/**
 * Reads `sluice.yaml` from the configuration branch. A broken one keeps the last good pipeline in force and says where it is wrong.
 * @returns the record as stored.
 */
export async function readPipeline(ports: { readonly repositories: Repositories; readonly reader: UntrustedReader }, repository: Repository, mirror: Mirror, head: CommitSha | undefined): Promise<PipelineRecord> {
  const before = await ports.repositories.pipeline(repository.id);
  if (before && head !== undefined && before.checkedCommit === head) return before;
  const outcome = head === undefined ? missingBranch(repository) : await readAt(ports.reader, mirror, head, repository);
  const record: PipelineRecord = {
    repository: repository.id,
    diagnostics: outcome.diagnostics,
    ...(head === undefined ? {} : { checkedCommit: head }),
    ...(outcome.pipeline && head !== undefined ? { pipeline: outcome.pipeline, commit: head } : keptFrom(before)),
  };
  await ports.repositories.savePipeline(record);
  return record;
}

interface Outcome {
  readonly pipeline?: Pipeline;
  readonly diagnostics: readonly Diagnostic[];
}

async function readAt(reader: UntrustedReader, mirror: Mirror, head: CommitSha, repository: Repository): Promise<Outcome> {
  const entry = (await mirror.entries(head, [PIPELINE_FILE])).get(PIPELINE_FILE);
  if (!entry) return failed(`there is no ${PIPELINE_FILE} on branch ${repository.configBranch}`);
  if (!entry.mode.startsWith('100')) return failed(`${PIPELINE_FILE} on branch ${repository.configBranch} is not a plain file`);
  const bytes = await mirror.blob(entry.sha, MAX_PIPELINE_BYTES).catch(() => undefined);
  if (!bytes) return failed(`${PIPELINE_FILE} is larger than ${MAX_PIPELINE_BYTES} bytes`);
  const parsed = await reader.parsePipeline(new TextDecoder().decode(bytes));
  return parsed.pipeline ? refuseReviewlessConfiguration(parsed.pipeline, parsed.diagnostics, repository) : parsed;
}

/** A configuration branch that is an environment's branch would let whoever may deploy there change its gates (design: "The pipeline file"). */
function refuseReviewlessConfiguration(pipeline: Pipeline, diagnostics: readonly Diagnostic[], repository: Repository): Outcome {
  const environment = pipeline.environments.find((candidate) => candidate.branch === repository.configBranch);
  if (!environment) return { pipeline, diagnostics };
  return failed(`the configuration branch ${repository.configBranch} is also the branch of environment ${environment.name}: keep ${PIPELINE_FILE} on a branch of its own`);
}

function missingBranch(repository: Repository): Outcome {
  return failed(`the configuration branch ${repository.configBranch} does not exist`);
}

function failed(message: string): Outcome {
  return { diagnostics: [{ severity: 'error', message, line: 1, column: 1, at: '' }] };
}

function keptFrom(before: PipelineRecord | undefined): Pick<PipelineRecord, 'pipeline' | 'commit'> {
  return before?.pipeline && before.commit !== undefined ? { pipeline: before.pipeline, commit: before.commit } : {};
}
