import type { CommitSha, RepositoryId } from '@sluice/kernel';
import type { ComposeNote, FileVersion } from '@sluice/manifests';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { ledgerPath } from '@sluice/promotion';
import type { Mirror } from '../ports/index.js';
import { collectAuthors } from './collect-authors.js';
import type { Provenance } from './collect-authors.js';
import type { ComposeRequest, ComposedFiles, Tampered } from './compose-request.js';
import { MAX_FILE_BYTES, readVersion } from './read-version.js';
import { wholeSelection } from './selections.js';

/** @returns undefined when nothing of the application is tampered with. */
export async function tamperedAt(mirror: Mirror, { application, target }: { readonly application: Application; readonly target: Environment }, merge: CommitSha | undefined): Promise<Tampered | undefined> {
  if (merge === undefined) return undefined;
  await mirror.ensure(merge);
  const [entry] = await mirror.firstParent(merge, { limit: 1 });
  const parent = entry?.parents[0] ?? merge;
  const [recorded] = await mirror.commitsBetween(undefined, parent, { include: [ledgerPath(target.name, application.name)], exclude: [] }, 1);
  return { merge, before: recorded?.sha ?? parent };
}

/** What the target would get for its agents, beside what composing changes: all that came since it was right. */
export async function tamperedFiles(mirror: Mirror, { application, onto }: Pick<ComposeRequest, 'application' | 'onto'>, { before }: Tampered, composed: ComposedFiles): Promise<ComposedFiles> {
  const files = { before: new Map<string, FileVersion>(), after: new Map<string, FileVersion>() };
  for (const change of await mirror.changedPaths(before, onto, wholeSelection(application))) {
    const [old, now] = [await readVersion(mirror, change.before, { left: MAX_FILE_BYTES }), await readVersion(mirror, change.after, { left: MAX_FILE_BYTES })];
    if (old) files.before.set(change.path, old);
    if (now) files.after.set(change.path, now);
  }
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
