import type { Environment } from '@sluice/pipeline';
import type { Mirror, PathChange, PathSelection } from '../ports/index.js';
import type { ContentRequest } from './compose-request.js';
import { baseFinder } from './path-bases.js';
import type { PathBase } from './path-bases.js';
import { promotedSelection } from './selections.js';

/** The files that composing is about. */
export interface Changes {
  readonly list: readonly PathChange[];
  /** No usable ledger, and the target has content of its own. */
  readonly adopted: boolean;
}

/** Each application of a composition by itself. */
export function partsOf({ parts, ...request }: ContentRequest): readonly ContentRequest[] {
  return parts?.map((part) => ({ ...request, ledger: undefined, bases: undefined, ...part })) ?? [request];
}

export async function changedFiles(mirror: Mirror, request: ContentRequest): Promise<Changes> {
  const changes = await Promise.all(partsOf(request).map((part) => changedFilesOf(mirror, part)));
  return { list: changes.flatMap(({ list }) => list), adopted: changes.some(({ adopted }) => adopted) };
}

/** The files that are the change of one application, whatever the target has. */
export async function changedFilesOf(mirror: Mirror, request: ContentRequest): Promise<Changes> {
  const selection = promotedSelection(request.pipeline, request.application, ...ownersOf(request));
  if (request.bases) return changedSince(mirror, request, selection, request.bases);
  if (request.ledger) return { list: await mirror.changedPaths(request.ledger.commit, request.sourceCommit, selection), adopted: false };
  const present = await mirror.list(request.onto, selection);
  if (present.length > 0) return { list: await mirror.changedPaths(request.onto, request.sourceCommit, selection), adopted: true };
  const entries = await mirror.list(request.sourceCommit, selection);
  return { list: entries.map((entry) => ({ path: entry.path, after: { mode: entry.mode, sha: entry.sha } })), adopted: false };
}

/** Each file against its own base. One that was never promoted comes as it is; where the target has another one, a person decides. */
async function changedSince(mirror: Mirror, { onto, sourceCommit }: ContentRequest, selection: PathSelection, bases: readonly PathBase[]): Promise<Changes> {
  const baseOf = baseFinder(bases);
  const list: PathChange[] = [];
  for (const base of bases) list.push(...(await mirror.changedPaths(base.commit, sourceCommit, selection)).filter(({ path }) => baseOf(path) === base));
  const others = (await mirror.changedPaths(onto, sourceCommit, selection)).filter(({ path }) => baseOf(path) === undefined);
  return { list: [...list, ...others].sort((a, b) => (a.path < b.path ? -1 : 1)), adopted: others.some(({ before }) => before !== undefined) };
}

export function ownersOf({ target, alsoOwnedBy = [] }: Pick<ContentRequest, 'target' | 'alsoOwnedBy'>): readonly Environment[] {
  return [target, ...alsoOwnedBy];
}

/** The files that the target has changed since what was promoted there. */
export async function changedInTarget(mirror: Mirror, request: ContentRequest): Promise<readonly PathChange[]> {
  return (await Promise.all(partsOf(request).map((part) => changedInTargetOf(mirror, part)))).flat();
}

async function changedInTargetOf(mirror: Mirror, request: ContentRequest): Promise<readonly PathChange[]> {
  const selection = promotedSelection(request.pipeline, request.application, ...ownersOf(request));
  if (!request.bases) return request.ledger ? mirror.changedPaths(request.ledger.commit, request.onto, selection) : [];
  const baseOf = baseFinder(request.bases);
  const since = await Promise.all(request.bases.map(async (base) => (await mirror.changedPaths(base.commit, request.onto, selection)).filter(({ path }) => baseOf(path) === base)));
  return since.flat();
}
