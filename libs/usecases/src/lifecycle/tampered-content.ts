import type { CommitSha, RepositoryId } from '@sluice/kernel';
import type { ComposeNote } from '@sluice/manifests';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { ledgerPath } from '@sluice/promotion';
import type { Mirror } from '../ports/index.js';
import { collectAuthors } from './collect-authors.js';
import type { Provenance } from './collect-authors.js';
import type { ComposeRequest, ComposedFiles, Tampered } from './compose-request.js';
import { readLedger } from './read-ledger.js';
import { MAX_FILE_BYTES, readChanges } from './read-version.js';
import { wholeSelection } from './selections.js';

/** Ledgers that are looked back to. */
const MAX_LEDGERS = 20;
const MAX_BYTES = 4 * MAX_FILE_BYTES;

/** @returns undefined when nothing of the application is tampered with. */
export async function tamperedAt(mirror: Mirror, { application, target }: { readonly application: Application; readonly target: Environment }, merge: CommitSha | undefined): Promise<Tampered | undefined> {
  if (merge === undefined) return undefined;
  await mirror.ensure(merge);
  const [entry] = await mirror.firstParent(merge, { limit: 1 });
  const parent = entry?.parents[0] ?? merge;
  return { merge, before: (await lastRight(mirror, { application, target }, parent)) ?? parent };
}

/** The newest commit whose ledger says what is there: merges before it may have been tampered with as well. */
async function lastRight(mirror: Mirror, { application, target }: { readonly application: Application; readonly target: Environment }, at: CommitSha): Promise<CommitSha | undefined> {
  for (const { sha } of await mirror.commitsBetween(undefined, at, { include: [ledgerPath(target.name, application.name)], exclude: [] }, MAX_LEDGERS)) {
    const { ledger } = await readLedger(mirror, sha, target.name, application.name);
    if (ledger && (await mirror.contentKey(sha, wholeSelection({ paths: ledger.paths }))) === ledger.content) return sha;
  }
  return undefined;
}

/** What the target would get for its agents, beside what composing changes: all that came since it was right. */
export async function tamperedFiles(mirror: Mirror, { application, onto }: Pick<ComposeRequest, 'application' | 'onto'>, { before }: Tampered, composed: ComposedFiles): Promise<ComposedFiles> {
  const files = await readChanges(mirror, await mirror.changedPaths(before, onto, wholeSelection(application)), { left: MAX_BYTES });
  // too much to be shown: what composing itself changes still is
  if (!files) return composed;
  for (const [path, file] of composed.after) files.after.set(path, file);
  for (const [path, file] of composed.before) {
    if (!files.before.has(path) && !files.after.has(path)) files.before.set(path, file);
    if (!composed.after.has(path)) files.after.delete(path);
  }
  return files;
}

export function tamperedNote({ target, application }: Pick<ComposeRequest, 'target' | 'application'>, { merge }: Tampered): ComposeNote {
  return { path: ledgerPath(target.name, application.name), field: 'content', value: '', message: `the merge ${merge.slice(0, 10)} is not what was composed: all of this is on ${target.branch} already, and no agent gets it before it has passed here` };
}

/** Everybody behind what came since it was right, by promotion or past it. */
export function tamperedProvenance(ports: Parameters<typeof collectAuthors>[0], mirror: Mirror, scope: { readonly repository: RepositoryId; readonly pipeline: Pipeline; readonly application: Application; readonly target: Environment; readonly head: CommitSha }, { before }: Tampered): Promise<Provenance> {
  return collectAuthors(ports, mirror, scope, { environment: scope.target, from: before, to: scope.head });
}
