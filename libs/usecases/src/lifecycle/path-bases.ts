import { applicationName, isName } from '@sluice/kernel';
import type { CommitSha } from '@sluice/kernel';
import { compileSelection } from '@sluice/pipeline';
import type { Application } from '@sluice/pipeline';
import type { Ledger } from '@sluice/promotion';
import type { Mirror } from '../ports/index.js';
import { findBase } from './find-base.js';
import { ledgerFromBlob } from './read-ledger.js';
import { wholeSelection } from './selections.js';

/** Commits of a target that are looked through for the one that wrote a ledger last. */
const MAX_LOOKED_BACK = 500;

/** The base of the files that a ledger covers. */
export interface PathBase {
  readonly paths: readonly string[];
  readonly commit: CommitSha;
}

type BaseScope = Parameters<typeof findBase>[1];
type Index = Parameters<typeof findBase>[0];

/** Whether a ledger was written for just these paths. */
export function coversPaths(ledger: Pick<Ledger, 'paths'>, { paths }: Pick<Application, 'paths'>): boolean {
  const recorded = new Set(ledger.paths);
  return recorded.size === new Set(paths).size && paths.every((path) => recorded.has(path));
}

/**
 * Where paths have come to an application that its own ledger does not know, each has the base of the ledger in the target that covered it last (design: "The ledger"): newest first. What no ledger covers
 * was never promoted. Undefined where the application's own ledger says all.
 */
export async function pathBases(index: Index, scope: BaseScope, at: { readonly head: CommitSha; readonly sourceHead: CommitSha; readonly ledger: Ledger | undefined }): Promise<readonly PathBase[] | undefined> {
  const { mirror, application } = scope;
  if (at.ledger && coversPaths(at.ledger, application)) return undefined;
  const ledgers = await ledgersAt(mirror, scope, at.head);
  // a new application whose paths nobody had before
  if (ledgers.length === 0) return undefined;
  const bases: PathBase[] = [];
  for (const ledger of ledgers) {
    const before: Application = { name: ledger.application, paths: ledger.paths, uses: [] };
    const base = await findBase(index, { ...scope, application: before }, ledger, at.sourceHead);
    if (base.ledger) bases.push({ paths: ledger.paths, commit: base.ledger.commit });
  }
  const covering = await thatCover(mirror, scope, bases, at);
  return at.ledger === undefined && covering.length === 0 ? undefined : covering;
}

/** Every ledger of the target, of applications that are gone too; the one that was written last comes first. */
async function ledgersAt(mirror: Mirror, { target }: BaseScope, head: CommitSha): Promise<readonly Ledger[]> {
  const folder = `.sluice/${target.name}/`;
  const selection = { include: [`${folder}*.yaml`], exclude: [] };
  const found = new Map<string, Ledger>();
  for (const entry of await mirror.list(head, selection)) {
    const name = entry.path.slice(folder.length, -'.yaml'.length);
    const ledger = isName(name) ? await ledgerFromBlob(mirror, entry, target.name, applicationName(name)) : undefined;
    if (ledger) found.set(entry.path, ledger);
  }
  if (found.size < 2) return [...found.values()];
  const written = (await mirror.commitsBetween(undefined, head, selection, MAX_LOOKED_BACK)).flatMap(({ changes }) => changes.map(({ path }) => path));
  const rank = (path: string): number => (written.includes(path) ? written.indexOf(path) : written.length);
  return [...found].sort(([a], [b]) => rank(a) - rank(b)).map(([, ledger]) => ledger);
}

/** Those that cover a file which the application would bring, or has in the target. */
async function thatCover(mirror: Mirror, { application }: BaseScope, bases: readonly PathBase[], { head, sourceHead }: { readonly head: CommitSha; readonly sourceHead: CommitSha }): Promise<readonly PathBase[]> {
  const selection = wholeSelection(application);
  const files = [...(await mirror.list(head, selection)), ...(await mirror.list(sourceHead, selection))];
  const baseOf = baseFinder(bases);
  const covering = new Set(files.map(({ path }) => baseOf(path)));
  return bases.filter((base) => covering.has(base));
}

/** Which of the bases a path has; undefined: it was never promoted. */
export function baseFinder(bases: readonly PathBase[]): (path: string) => PathBase | undefined {
  const compiled = bases.map((base) => ({ base, selection: compileSelection({ include: base.paths, exclude: [] }) }));
  return (path) => compiled.find(({ selection }) => selection.matches(path))?.base;
}
