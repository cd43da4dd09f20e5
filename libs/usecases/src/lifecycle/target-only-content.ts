import { present } from '@sluice/kernel';
import type { CommitSha } from '@sluice/kernel';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { nodesAt } from '@sluice/promotion';
import type { HeldNode, Hold } from '@sluice/promotion';
import type { FileEdit, Mirror, UntrustedReader } from '../ports/index.js';
import { composeContent } from './compose-candidate.js';
import type { ComposedFiles } from './compose-request.js';
import { nodesBetween } from './diff-steps.js';
import { SLUICE_IDENTITY } from './ports.js';
import { undoneContent } from './undone-content.js';

interface Ports {
  readonly reader: UntrustedReader;
}

export interface OwnPlace {
  readonly pipeline: Pipeline;
  readonly environment: Environment;
  readonly application: Application;
  /** The environment's head. */
  readonly head: CommitSha;
  /** What was promoted there, as a commit of the branch that it came from. */
  readonly base: CommitSha;
  /** What was undone in the environment is none of its own changes. */
  readonly hold: Hold | undefined;
}

/** How an environment's content differs from what was promoted there, as versions of the base's files: less what the environment owns, and with what was undone there in place again. */
export interface OwnContent {
  readonly files: ComposedFiles;
  readonly nodes: readonly HeldNode[];
}

/** Undefined when it does not differ, or that cannot be told. */
export async function ownContent(ports: Ports, mirror: Mirror, place: OwnPlace): Promise<OwnContent | undefined> {
  const { pipeline, application, environment, base } = place;
  if (!(await mirror.has(base))) return undefined;
  const head = await withoutUndoing(ports, mirror, place);
  if (head === undefined) return undefined;
  // with several sources nothing is promoted that one of them owns
  const alsoOwnedBy = environment.from.length > 1 ? pipeline.environments.filter(({ name }) => environment.from.includes(name)) : [];
  const content = await composeContent(ports, mirror, { pipeline, application, target: environment, alsoOwnedBy, ledger: { commit: base }, sourceCommit: head, onto: base });
  if (content.kind !== 'content' || content.edits.length === 0) return undefined;
  const { files } = content;
  const nodes = await nodesBetween(ports, files.before, files.after);
  return { files, nodes: place.hold ? nodes.filter((node) => nodesAt([node], place.hold?.nodes ?? []).length === 0) : nodes };
}

/** The environment's head with what was undone there in place again. */
async function withoutUndoing(ports: Ports, mirror: Mirror, { pipeline, application, environment, head, hold }: OwnPlace): Promise<CommitSha | undefined> {
  if (!hold) return head;
  const overlay = await undoneContent(ports, mirror, { pipeline, application, target: environment, onto: head }, hold);
  if ('kind' in overlay) return undefined;
  const edits = [...overlay].map(([path, file]): FileEdit => ({ path, ...present({ file }) }));
  return edits.length === 0 ? head : intermediate(mirror, head, edits);
}

/** The base with the environment's own changes: what the first environment is to get. Files that differ only in what is none of them stay as they are in the base. */
export async function baseWithOwn(ports: Ports, mirror: Mirror, base: CommitSha, { content, wanted }: { readonly content: OwnContent; readonly wanted: readonly HeldNode[] }): Promise<CommitSha> {
  const { before, after } = content.files;
  const all = await nodesBetween(ports, before, after);
  const own = nodesAt(all, wanted);
  const others = new Set(all.filter((node) => !own.includes(node)).map(({ path }) => path));
  for (const { path } of own) others.delete(path);
  const paths = [...new Set([...before.keys(), ...after.keys()])].filter((path) => !others.has(path)).sort();
  return intermediate(mirror, base, paths.map((path): FileEdit => ({ path, ...present({ file: after.get(path) }) })));
}

/** A commit that only composing reads. */
async function intermediate(mirror: Mirror, parent: CommitSha, edits: readonly FileEdit[]): Promise<CommitSha> {
  return (await mirror.commit({ parents: [parent], edits, message: 'content', author: SLUICE_IDENTITY, date: 0 })).commit;
}
