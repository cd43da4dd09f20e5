import type { ApplicationName, CommitSha, EnvironmentName, ObjectSha } from '@sluice/kernel';
import { checkGlob } from '@sluice/pipeline';
import { MAX_LEDGER_BYTES, ledgerPath, parseLedger } from '@sluice/promotion';
import type { Ledger } from '@sluice/promotion';
import type { Mirror } from '../ports/index.js';

/** The ledger of an application at a commit of the target's branch, and the blob it was read from; undefined when there is none that counts. */
export async function readLedger(mirror: Mirror, commit: CommitSha, target: EnvironmentName, application: ApplicationName): Promise<{ ledger?: Ledger; blob?: ObjectSha }> {
  const path = ledgerPath(target, application);
  const entry = (await mirror.entries(commit, [path])).get(path);
  if (!entry) return {};
  const ledger = await ledgerFromBlob(mirror, entry, target, application);
  return ledger ? { ledger, blob: entry.sha } : { blob: entry.sha };
}

/** Like {@link readLedger} for a blob whose name is known. A symlink, an oversized file and paths that are no globs of ours are no ledger. */
export async function ledgerFromBlob(mirror: Mirror, entry: { readonly mode: string; readonly sha: ObjectSha }, target: EnvironmentName, application: ApplicationName): Promise<Ledger | undefined> {
  if (!entry.mode.startsWith('100')) return undefined;
  const bytes = await mirror.blob(entry.sha, MAX_LEDGER_BYTES).catch(() => undefined);
  const ledger = bytes && parseLedger(new TextDecoder().decode(bytes), target, application);
  // anybody who may push can write one: paths that the pipeline file could not have are no work of ours
  return ledger?.paths.every((path) => checkGlob(path) === undefined) ? ledger : undefined;
}
