import { TooLarge, present } from '@sluice/kernel';
import type { CommitSha, ObjectSha } from '@sluice/kernel';
import type { ComposeConflict, ComposeFileInput, ComposeFileOutcome, ComposeNote, FileVersion } from '@sluice/manifests';
import { ownershipFor } from '@sluice/pipeline';
import { hashOf } from '@sluice/promotion';
import type { Hold } from '@sluice/promotion';
import type { FileEdit, Mirror, UntrustedReader } from '../ports/index.js';
import { changedFiles, changedInTarget, ownersOf, partsOf } from './changed-files.js';
import type { Changes } from './changed-files.js';
import type { ComposePart, ComposeRequest, ComposedFiles, ContentRequest, Overlay } from './compose-request.js';
import { MAX_FILE_BYTES, readVersion } from './read-version.js';
import { composeResolved, isLimit } from './resolve-conflicts.js';
import { applicationRules, wholeSelection } from './selections.js';
import { tamperedFiles, tamperedNote } from './tampered-content.js';
import { undoneNotes } from './undone-notes.js';
import { commitOf, messageOfDraft, usesKey, writeCandidate } from './write-candidate.js';
import type { SourceCandidate } from './write-candidate.js';

const MAX_TOTAL_BYTES = 64 * 1_048_576;
/** Files that only the target changed, which are looked through for objects that it has moved. */
const MAX_CHANGED_BY_TARGET = 200;

export type Composition =
  | { readonly kind: 'in-sync' }
  | { readonly kind: 'candidate'; readonly candidate: SourceCandidate; readonly files: ComposedFiles }
  /** `draft`: a commit with everything that does not conflict, and the target's version of what does; absent where that cannot be told. */
  | { readonly kind: 'conflict'; readonly conflicts: readonly ComposeConflict[]; readonly draft?: CommitSha }
  | { readonly kind: 'limit'; readonly message: string };

/** What composing reads, as a hash: while it stays the same, so does the candidate. */
export async function composeInputsKey(mirror: Mirror, request: ComposeRequest, ledgerBlob: ObjectSha | undefined): Promise<string> {
  const target = await mirror.contentKey(request.onto, wholeSelection(request.application));
  const uses = await usesKey(mirror, request);
  const owners = request.alsoOwnedBy ? [request.alsoOwnedBy.map(({ name }) => name)] : [];
  return hashOf([request.sourceCommit, request.ledger?.commit ?? null, ledgerBlob ?? null, target, uses, applicationRules(request.pipeline, request.application), request.attempt, ...(request.ended ? [request.ended.by] : []), ...(request.tampered ? [request.tampered] : []), ...owners, ...(request.bases ? [request.bases] : []), ...(request.parts ? [request.set ?? null, request.parts.map(partText)] : [])]);
}

function partText({ application, sourceCommit, ledger, bases, ended, blob }: ComposePart): unknown {
  return [application.name, sourceCommit, ledger?.commit ?? null, blob ?? null, bases ?? null, ended?.by ?? null];
}

/** What composing comes to before anything is written. Where there are conflicts, the edits leave each as the target has it. */
export interface ComposedContent {
  readonly kind: 'content';
  readonly edits: readonly FileEdit[];
  readonly conflicts: readonly ComposeConflict[];
  readonly notes: readonly ComposeNote[];
  readonly files: ComposedFiles;
  readonly adopted: boolean;
  /** Somebody's resolution of conflicts was taken. */
  readonly isResolved: boolean;
}

/**
 * Computes exactly what the target would get (design: "Compose") and writes it as a deterministic commit into the mirror. Without a ledger the target's own version
 * is the base, so that owned fields stay and every other difference shows; a target without any content of the application takes the source's.
 */
export async function composeCandidate(ports: { readonly reader: UntrustedReader }, mirror: Mirror, request: ComposeRequest, inputsKey: string): Promise<Composition> {
  const content = await composeContent(ports, mirror, request);
  if (content.kind !== 'content') return content;
  const { edits, conflicts } = content;
  if (conflicts.length > 0) return { kind: 'conflict', conflicts, draft: (await mirror.commit({ ...commitOf(request), edits, message: messageOfDraft(request) })).commit };
  const resolvers = content.isResolved ? request.resolution?.resolvers : undefined;
  const candidate = await writeCandidate(mirror, request, { edits, kind: kindOf(content, request), inputsKey, ...present({ resolvers }), notes: notesFor(request, content) });
  const files = request.tampered ? await tamperedFiles(mirror, request, request.tampered, content.files) : content.files;
  return { kind: 'candidate', candidate, files };
}

/** Holds that have ended with this composition. */
function endedHolds({ ended, parts }: ComposeRequest): readonly Hold[] {
  return parts ? parts.flatMap((part) => part.ended ?? []) : ended ? [ended] : [];
}

function notesFor(request: ComposeRequest, { notes }: ComposedContent): readonly ComposeNote[] {
  return [...notes, ...endedHolds(request).flatMap(undoneNotes), ...(request.tampered ? [tamperedNote(request, request.tampered)] : [])];
}

/** What somebody has decided, or nobody yet, is never a mere record, also where all of it stays as it is. */
function kindOf({ edits, adopted, isResolved }: ComposedContent, { tampered }: ComposeRequest): SourceCandidate['kind'] {
  if (edits.length === 0 && !isResolved && !tampered) return 'record-only';
  return adopted ? 'adopt' : 'change';
}

/** The files as composing makes them, in no commit yet. */
export async function composeContent(ports: { readonly reader: UntrustedReader }, mirror: Mirror, request: ContentRequest): Promise<ComposedContent | Exclude<Composition, { kind: 'candidate' }>> {
  const changes = await changedFiles(mirror, request);
  if (changes.list.length === 0 && partsOf(request).every(({ ledger, bases }) => ledger && !bases) && !request.overlay?.size && !request.tampered) return { kind: 'in-sync' };
  const inputs = await composeInputs(mirror, request, changes);
  if ('kind' in inputs) return inputs;
  inputs.push(...(await changedByTargetOnly(mirror, request, changes)));
  const { outcomes, isResolved } = await composeResolved(ports, mirror, inputs, request.resolution);
  if (isLimit(outcomes)) return outcomes;
  const conflicts = outcomes.flatMap((outcome) => (outcome.kind === 'conflict' ? outcome.conflicts : []));
  const files = await filesOf(mirror, request, inputs, toEdits(inputs, outcomes, request.overlay));
  const edits = [...new Set([...files.before.keys(), ...files.after.keys()])].sort().map((path): FileEdit => ({ path, ...present({ file: files.after.get(path) }) }));
  return { kind: 'content', edits, conflicts, notes: notesOf(outcomes), files, adopted: changes.adopted, isResolved };
}

async function composeInputs(mirror: Mirror, request: ContentRequest, changes: Changes): Promise<ComposeFileInput[] | Extract<Composition, { kind: 'conflict' }>> {
  const paths = changes.list.map((change) => change.path);
  const targets = await mirror.entries(request.onto, paths);
  const ownership = ownershipFor(request.pipeline, ...ownersOf(request).map(({ name }) => name));
  const budget = { left: MAX_TOTAL_BYTES };
  const inputs: ComposeFileInput[] = [];
  for (const change of changes.list) {
    const read = (side: { readonly mode: string; readonly sha: ObjectSha } | undefined): Promise<FileVersion | undefined> => readVersion(mirror, side, budget);
    try {
      const [base, source] = [await read(change.before), await read(change.after)];
      const target = request.overlay?.has(change.path) ? request.overlay.get(change.path) : await read(targets.get(change.path));
      inputs.push({ path: change.path, owned: ownership.fieldsFor(change.path), ...(base ? { base } : {}), ...(source ? { source } : {}), ...(target ? { target } : {}) });
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      return { kind: 'conflict', conflicts: [{ path: change.path, reason: 'limit', message: `${error.message}; keep large files out of the environments' branches, or let the environment own the path` }] };
    }
  }
  return inputs;
}

/**
 * Files that only the target changed: an object that it has moved there from a file that the source changes is found where it is now. They are composed with themselves, so they change only by what
 * comes to them. Too large or too many, they are left out: none of them is what is promoted.
 */
async function changedByTargetOnly(mirror: Mirror, request: ContentRequest, changes: Changes): Promise<readonly ComposeFileInput[]> {
  const known = new Set(changes.list.map((change) => change.path));
  const others = (await changedInTarget(mirror, request)).filter((change) => change.after && !known.has(change.path) && !request.overlay?.has(change.path));
  if (others.length > MAX_CHANGED_BY_TARGET) return [];
  const ownership = ownershipFor(request.pipeline, ...ownersOf(request).map(({ name }) => name));
  const budget = { left: MAX_FILE_BYTES };
  const inputs: ComposeFileInput[] = [];
  for (const { path, before, after } of others) {
    try {
      const [base, target] = [await readVersion(mirror, before, budget), await readVersion(mirror, after, budget)];
      inputs.push({ path, owned: ownership.fieldsFor(path), ...present({ base, source: base, target }) });
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
    }
  }
  return inputs;
}

export function toEdits(inputs: readonly ComposeFileInput[], outcomes: readonly ComposeFileOutcome[], overlay: Overlay = new Map()): readonly FileEdit[] {
  const edits = new Map<string, FileEdit>([...overlay].map(([path, file]) => [path, { path, ...present({ file }) }]));
  for (const [index, outcome] of outcomes.entries()) {
    const path = inputs[index]?.path ?? '';
    const written = outcome.kind === 'conflict' ? outcome.rest : outcome;
    if (written?.kind === 'write') edits.set(path, { path, file: written.file });
    if (written?.kind === 'delete') edits.set(path, { path });
  }
  return [...edits.values()];
}

function notesOf(outcomes: readonly ComposeFileOutcome[]): readonly ComposeNote[] {
  return outcomes.flatMap((outcome) => (outcome.kind === 'write' ? outcome.notes : outcome.kind === 'conflict' ? (outcome.rest?.notes ?? []) : []));
}

/** Less what is in the target as it is: an overlay and the source may undo each other. */
async function filesOf(mirror: Mirror, { onto, overlay }: ContentRequest, inputs: readonly ComposeFileInput[], edits: readonly FileEdit[]): Promise<ComposedFiles> {
  const overlaid = await mirror.entries(onto, [...(overlay?.keys() ?? [])]);
  const targetOf = async (path: string): Promise<FileVersion | undefined> => (overlay?.has(path) ? readVersion(mirror, overlaid.get(path), { left: MAX_FILE_BYTES }) : inputs.find((input) => input.path === path)?.target);
  const before = new Map<string, FileVersion>();
  const after = new Map<string, FileVersion>();
  for (const { path, file } of edits) {
    const target = await targetOf(path);
    if (sameVersion(target, file)) continue;
    if (target) before.set(path, target);
    if (file) after.set(path, file);
  }
  return { before, after };
}

function sameVersion(a: FileVersion | undefined, b: FileVersion | undefined): boolean {
  return a && b ? a.mode === b.mode && Buffer.compare(a.bytes, b.bytes) === 0 : a === b;
}
