import { present } from '@sluice/kernel';
import type { ApplicationName, CommitSha, Instant, PromotionId, RepositoryId } from '@sluice/kernel';
import type { Environment, Pipeline } from '@sluice/pipeline';
import { hashOf, ledgerPath } from '@sluice/promotion';
import type { CommitEntry, DirectCommit, EnvironmentIndex, EnvironmentState, Mirror, PathChange } from '../ports/index.js';
import { ledgerFromBlob } from './read-ledger.js';

interface DirectInput {
  readonly repository: RepositoryId;
  readonly pipeline: Pipeline;
  readonly environment: Environment;
  /** Oldest first; all that is new, when incremental. */
  readonly entries: readonly CommitEntry[];
  readonly before: EnvironmentState | undefined;
  readonly incremental: boolean;
  readonly touched: (commit: CommitSha) => readonly ApplicationName[];
}

/**
 * The commits of an environment that holds direct pushes which are not yet known to be in order. What was there when Sluice first saw the branch, or before the environment held them, is taken as it is. A commit and the one that
 * reverts it, file by file, are both settled.
 */
export async function followDirect(ports: { readonly environments: EnvironmentIndex }, mirror: Mirror, input: DirectInput): Promise<readonly DirectCommit[]> {
  const { environment, before, entries, incremental } = input;
  if (environment.directPush !== 'hold' || !before || before.position === 0 || before.branch !== environment.branch) return [];
  const onBranch = new Set(entries.map(({ sha }) => sha));
  const waiting = (before.unreviewed ?? []).filter(({ commit }) => incremental || onBranch.has(commit));
  for (const entry of incremental ? entries : await unseen(ports, input)) {
    const reverted = waiting.findIndex(({ changed }) => changed === hashOf(entry.changes.map(backwards)));
    if (reverted >= 0) waiting.splice(reverted, 1);
    else waiting.push(await directCommit(mirror, input, entry));
  }
  return waiting;
}

/** After a force push or with new rules everything is read again: new is what comes after the newest commit that was read before. */
async function unseen({ environments }: { readonly environments: EnvironmentIndex }, { repository, environment, entries }: DirectInput): Promise<readonly CommitEntry[]> {
  for (let index = entries.length - 1; index >= 0; index -= 1) {
    const entry = entries[index];
    if (entry && (await environments.position(repository, environment.name, entry.sha)) !== undefined) return entries.slice(index + 1);
  }
  return entries;
}

async function directCommit(mirror: Mirror, input: DirectInput, entry: CommitEntry): Promise<DirectCommit> {
  const { sha, parents, authorName, subject, committedAt, changes } = entry;
  const promotion = await claimedPromotion(mirror, input, changes);
  return {
    commit: sha,
    author: authorName,
    subject,
    at: committedAt as Instant,
    applications: input.touched(sha),
    changed: hashOf(changes.map(forwards)),
    ...present({ parent: parents[0], promotion }),
  };
}

async function claimedPromotion(mirror: Mirror, { environment, pipeline }: DirectInput, changes: readonly PathChange[]): Promise<PromotionId | undefined> {
  for (const { name } of pipeline.applications) {
    const after = changes.find(({ path }) => path === ledgerPath(environment.name, name))?.after;
    const ledger = after && (await ledgerFromBlob(mirror, after, environment.name, name));
    if (ledger) return ledger.promotion;
  }
  return undefined;
}

function forwards({ path, before, after }: PathChange): unknown {
  return [path, before?.mode ?? null, before?.sha ?? null, after?.mode ?? null, after?.sha ?? null];
}

function backwards({ path, before, after }: PathChange): unknown {
  return forwards({ path, ...present({ before: after, after: before }) });
}
