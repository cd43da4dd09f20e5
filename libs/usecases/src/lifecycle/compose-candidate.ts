import { TooLarge, present, promotionId } from '@sluice/kernel';
import type { CommitSha, ObjectSha, RepositoryId } from '@sluice/kernel';
import type { ComposeConflict, ComposeFileInput, ComposeFileOutcome, ComposeNote, FileVersion } from '@sluice/manifests';
import { ownershipFor } from '@sluice/pipeline';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import { computeDigest, draftTitle, formatLedger, hashOf, ledgerPath, promotionMessage, promotionName } from '@sluice/promotion';
import type { Author, Candidate, CandidateMember, DigestMember, Hold, Ledger, PromotionKind } from '@sluice/promotion';
import type { FileEdit, Mirror, NewCommit, PathChange, PathSelection, UntrustedReader } from '../ports/index.js';
import { baseFinder } from './path-bases.js';
import type { PathBase } from './path-bases.js';
import { SLUICE_IDENTITY } from './ports.js';
import { MAX_FILE_BYTES, readVersion } from './read-version.js';
import { composeResolved, isLimit } from './resolve-conflicts.js';
import type { Resolution } from './resolve-conflicts.js';
import { applicationRules, promotedSelection, usesSelection, wholeSelection } from './selections.js';
import { undoneNotes } from './undone-notes.js';

const MAX_TOTAL_BYTES = 64 * 1_048_576;
/** Files that only the target changed, which are looked through for objects that it has moved. */
const MAX_CHANGED_BY_TARGET = 200;

/** What is composed: one application's content at a source commit, onto a target commit. */
export interface ComposeRequest {
  readonly repository: RepositoryId;
  readonly pipeline: Pipeline;
  readonly application: Application;
  readonly source: Environment;
  readonly target: Environment;
  /** S and its committer date in milliseconds. */
  readonly sourceCommit: CommitSha;
  readonly sourceDate: number;
  /** T. */
  readonly onto: CommitSha;
  /** The ledger at T, when it counts and its source commit is still in the source's history. */
  readonly ledger?: Ledger;
  /** Where files have come from another application: the base of each, in place of the ledger's commit. */
  readonly bases?: readonly PathBase[];
  /** Where several applications are composed into one commit: what is composed of each. `application` is then all of them in one, and the rest is of the newest. */
  readonly parts?: readonly ComposePart[];
  /** The release set that they are. */
  readonly set?: string;
  /** Environments whose own values are none of what is promoted, beside the target. */
  readonly alsoOwnedBy?: readonly Environment[];
  readonly origin: CommitSha;
  readonly attempt: number;
  /** A hold that has ended: what was undone on the target comes again, by the overlay where the ledger stayed. */
  readonly ended?: Hold;
  /** Files that are composed onto in place of the target's own. */
  readonly overlay?: Overlay;
  /** How somebody has resolved conflicts of this or an earlier composition. */
  readonly resolution?: Resolution;
}

/** One of several applications in a composition. */
export type ComposePart = Pick<ComposeRequest, 'application' | 'sourceCommit' | 'ledger' | 'bases' | 'origin' | 'ended'> & {
  /** The blob of the target's ledger. */
  readonly blob?: ObjectSha;
};

/** What the content of a composition is made of. */
export type ContentRequest = Pick<ComposeRequest, 'pipeline' | 'application' | 'target' | 'sourceCommit' | 'onto' | 'overlay' | 'resolution' | 'alsoOwnedBy' | 'bases'> & { readonly ledger?: Pick<Ledger, 'commit'>; readonly parts?: readonly Omit<ContentRequest, 'pipeline' | 'target' | 'onto'>[] };

/** Files by path; undefined: it is not there. */
export type Overlay = ReadonlyMap<string, FileVersion | undefined>;

/** Versions of the changed files, for the diff that a reviewer sees. */
export interface ComposedFiles {
  readonly before: ReadonlyMap<string, FileVersion>;
  readonly after: ReadonlyMap<string, FileVersion>;
}

/** What comes out of a source; rollbacks are composed otherwise. */
type SourceCandidate = Candidate & { readonly kind: Exclude<PromotionKind, 'rollback'> };

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
  return hashOf([request.sourceCommit, request.ledger?.commit ?? null, ledgerBlob ?? null, target, uses, applicationRules(request.pipeline, request.application), request.attempt, ...(request.ended ? [request.ended.by] : []), ...owners, ...(request.bases ? [request.bases] : []), ...(request.parts ? [request.set ?? null, request.parts.map(partText)] : [])]);
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
  const { edits, conflicts, files } = content;
  if (conflicts.length > 0) return { kind: 'conflict', conflicts, draft: (await mirror.commit({ ...commitOf(request), edits, message: draftMessage(request) })).commit };
  const resolvers = content.isResolved ? request.resolution?.resolvers : undefined;
  const candidate = await writeCandidate(mirror, request, { edits, kind: kindOf(content), inputsKey, ...present({ resolvers }), notes: [...content.notes, ...endedHolds(request).flatMap(undoneNotes)] });
  return { kind: 'candidate', candidate, files };
}

/** Holds that have ended with this composition. */
function endedHolds({ ended, parts }: ComposeRequest): readonly Hold[] {
  return parts ? parts.flatMap((part) => part.ended ?? []) : ended ? [ended] : [];
}

/** What somebody has decided is never a mere record, also where all of it stays as it is. */
function kindOf({ edits, adopted, isResolved }: ComposedContent): SourceCandidate['kind'] {
  if (edits.length === 0 && !isResolved) return 'record-only';
  return adopted ? 'adopt' : 'change';
}

/** The files as composing makes them, in no commit yet. */
export async function composeContent(ports: { readonly reader: UntrustedReader }, mirror: Mirror, request: ContentRequest): Promise<ComposedContent | Exclude<Composition, { kind: 'candidate' }>> {
  const changes = await changedFiles(mirror, request);
  if (changes.list.length === 0 && partsOf(request).every(({ ledger, bases }) => ledger && !bases) && !request.overlay?.size) return { kind: 'in-sync' };
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

interface Changes {
  readonly list: readonly PathChange[];
  /** No usable ledger, and the target has content of its own. */
  readonly adopted: boolean;
}

/** Each application of a composition by itself. */
function partsOf({ parts, ...request }: ContentRequest): readonly ContentRequest[] {
  return parts?.map((part) => ({ ...request, ledger: undefined, bases: undefined, ...part })) ?? [request];
}

async function changedFiles(mirror: Mirror, request: ContentRequest): Promise<Changes> {
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

function ownersOf({ target, alsoOwnedBy = [] }: Pick<ContentRequest, 'target' | 'alsoOwnedBy'>): readonly Environment[] {
  return [target, ...alsoOwnedBy];
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
  const changed = await Promise.all(partsOf(request).map((part) => changedInTarget(mirror, part)));
  const others = changed.flat().filter((change) => change.after && !known.has(change.path) && !request.overlay?.has(change.path));
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

async function changedInTarget(mirror: Mirror, request: ContentRequest): Promise<readonly PathChange[]> {
  const selection = promotedSelection(request.pipeline, request.application, ...ownersOf(request));
  if (!request.bases) return request.ledger ? mirror.changedPaths(request.ledger.commit, request.onto, selection) : [];
  const baseOf = baseFinder(request.bases);
  const since = await Promise.all(request.bases.map(async (base) => (await mirror.changedPaths(base.commit, request.onto, selection)).filter(({ path }) => baseOf(path) === base)));
  return since.flat();
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

interface Written {
  readonly edits: readonly FileEdit[];
  readonly kind: SourceCandidate['kind'];
  readonly inputsKey: string;
  readonly notes: readonly ComposeNote[];
  readonly resolvers?: readonly Author[];
}

function commitOf({ onto, sourceDate }: ComposeRequest): Pick<NewCommit, 'parents' | 'author' | 'date'> {
  return { parents: [onto], author: SLUICE_IDENTITY, date: Math.floor(sourceDate / 1000) };
}

function draftMessage(request: ComposeRequest): string {
  return `${draftTitle(draftSubject(request))}\n`;
}

/** What the words of a draft are made of. */
export function draftSubject({ application, source, target, sourceCommit, parts, set }: ComposeRequest): Parameters<typeof draftTitle>[0] {
  return { application: application.name, from: source.name, target: target.name, source: sourceCommit, ...present({ together: parts?.map((part) => part.application.name), set }) };
}

/** What is written of one application: its ledger before, and its content before and after. */
interface WrittenPart extends ComposePart {
  readonly targetContent: ObjectSha;
  readonly resultContent: ObjectSha;
}

async function writeCandidate(mirror: Mirror, request: ComposeRequest, written: Written): Promise<SourceCandidate> {
  const { application, onto } = request;
  const commit = commitOf(request);
  const bare = written.edits.length === 0 ? undefined : await mirror.commit({ ...commit, edits: written.edits, message: 'content' });
  const contents = async (selected: Application): Promise<Pick<WrittenPart, 'targetContent' | 'resultContent'>> => {
    const targetContent = await mirror.contentKey(onto, wholeSelection(selected));
    return { targetContent, resultContent: bare ? await mirror.contentKey(bare.commit, wholeSelection(selected)) : targetContent };
  };
  const whole = await contents(application);
  const parts: readonly WrittenPart[] = await Promise.all((request.parts ?? [request]).map(async (part) => ({ ...part, ...(await contents(part.application)) })));
  const { digest, fingerprint } = await digestsOf(mirror, request, { ...whole, parts });
  const id = promotionId(promotionName(request.target.name, application.name, digest));
  const recorded = { digest, promotion: id, attempt: request.attempt, target: request.target.name, source: request.source.name };
  const final = await mirror.commit({
    ...commit,
    edits: [...written.edits, ...parts.map((part) => ledgerEdit(part, recorded))],
    message: promotionMessage({ ...draftSubject(request), kind: written.kind, id, digest, attempt: request.attempt, ...present({ resolvers: written.resolvers }) }),
  });
  return {
    kind: written.kind,
    source: request.sourceCommit,
    ...(request.ledger ? { base: request.ledger.commit } : {}),
    origin: request.origin,
    digest,
    fingerprint,
    head: final.commit,
    onto,
    ...whole,
    inputsKey: written.inputsKey,
    notes: written.notes,
    changedPaths: written.edits.map((edit) => edit.path),
    ...present({ resolvers: written.resolvers, set: request.set }),
    ...(request.parts && { members: parts.map(toMember) }),
  };
}

function ledgerEdit({ application, sourceCommit, origin, resultContent }: WrittenPart, recorded: Pick<Ledger, 'digest' | 'promotion' | 'attempt' | 'target' | 'source'>): FileEdit {
  const ledger: Ledger = { ...recorded, application: application.name, commit: sourceCommit, origin, paths: application.paths, content: resultContent };
  return { path: ledgerPath(recorded.target, application.name), file: { mode: '100644', bytes: new TextEncoder().encode(formatLedger(ledger)) } };
}

function toMember({ application, sourceCommit, ledger, origin, targetContent, resultContent }: WrittenPart): CandidateMember {
  return { application: application.name, source: sourceCommit, ...present({ base: ledger?.commit }), origin, targetContent, resultContent };
}

async function digestsOf(mirror: Mirror, request: ComposeRequest, contents: Pick<WrittenPart, 'targetContent' | 'resultContent'> & { readonly parts: readonly WrittenPart[] }): Promise<Pick<Candidate, 'digest' | 'fingerprint'>> {
  const { targetContent, resultContent } = contents;
  const input = {
    repository: request.repository,
    pipeline: request.pipeline.name,
    application: request.application.name,
    source: request.source.name,
    sourceCommit: request.sourceCommit,
    target: request.target.name,
    ...(request.ledger ? { previous: request.ledger.promotion } : {}),
    targetContent,
    resultContent,
    usesContent: await usesKey(mirror, request),
    rules: applicationRules(request.pipeline, request.application),
    ...(request.parts && { members: contents.parts.map(toDigestMember) }),
  };
  return { digest: computeDigest({ ...input, attempt: request.attempt }), fingerprint: computeDigest({ ...input, attempt: 0 }) };
}

function toDigestMember({ application, sourceCommit, ledger, targetContent, resultContent }: WrittenPart): DigestMember {
  return { application: application.name, sourceCommit, ...present({ previous: ledger?.promotion }), targetContent, resultContent };
}

export function usesKey(mirror: Mirror, request: Pick<ComposeRequest, 'onto' | 'application'>): Promise<ObjectSha> {
  return mirror.contentKey(request.onto, usesSelection(request.application));
}
