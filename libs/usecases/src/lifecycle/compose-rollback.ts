import { TooLarge, present, promotionId } from '@sluice/kernel';
import type { CommitSha, ObjectSha, PromotionId } from '@sluice/kernel';
import type { ComposeConflict, ComposeFileInput, FileVersion } from '@sluice/manifests';
import { ownershipFor } from '@sluice/pipeline';
import type { Application, Environment } from '@sluice/pipeline';
import { computeDigest, hashOf, ledgerPath, promotionMessage, promotionName } from '@sluice/promotion';
import type { Candidate, CandidateMember, Ledger } from '@sluice/promotion';
import type { FileEdit, Mirror, Promotions, UntrustedReader } from '../ports/index.js';
import { toEdits } from './compose-candidate.js';
import type { ComposedFiles } from './compose-request.js';
import type { ComposeRequest } from './compose-request.js';
import { leftKey, leftNotes, passedOn, tornByLeft } from './left-behind.js';
import { SLUICE_IDENTITY } from './ports.js';
import { readLedger } from './read-ledger.js';
import { MAX_FILE_BYTES, readVersion } from './read-version.js';
import { isLimit } from './resolve-conflicts.js';
import { MAX_STEPS, stepOf, together } from './rollback-chain.js';
import type { Chain, Returning } from './rollback-chain.js';
import type { ChainPlace, Undone } from './rollback-place.js';
import { applicationRules, promotedSelection, wholeSelection } from './selections.js';
import { asOne } from './unions.js';
import { usesKey } from './write-candidate.js';

const MAX_TOTAL_BYTES = 64 * 1_048_576;

export type RollbackRequest = Pick<ComposeRequest, 'repository' | 'pipeline' | 'application' | 'target' | 'onto' | 'attempt'> & {
  /** Whose state comes back. */
  readonly to: PromotionId;
  readonly automatic: boolean;
};

export type RollbackComposition =
  | { readonly kind: 'candidate'; readonly candidate: Candidate; readonly files: ComposedFiles }
  | { readonly kind: 'conflict'; readonly conflicts: readonly ComposeConflict[] }
  /** It cannot be done, whatever anybody resolves; one sentence. */
  | { readonly kind: 'impossible'; readonly message: string };

interface RollbackPorts {
  readonly reader: UntrustedReader;
  readonly promotions: Pick<Promotions, 'get'>;
}

/**
 * The promotion that a rollback goes back to when nobody names one: the one before the newest that changed something.
 * @returns undefined with the reason in `message` when there is none.
 */
export async function previousPromotion(ports: RollbackPorts, mirror: Mirror, request: Omit<RollbackRequest, 'to' | 'automatic'>): Promise<{ readonly to?: PromotionId; readonly message: string }> {
  const selection = wholeSelection(request.application);
  const chain = await follow(ports, mirror, request, async ({ merge, before }) => (await mirror.contentKey(merge, selection)) !== (await mirror.contentKey(before, selection)));
  return typeof chain === 'string' ? { message: chain } : { to: chain.ledger.promotion, message: '' };
}

/**
 * Undoes every promotion after an earlier one, newest first, by composing the inverse of each onto the target: commits that did not come by promotion stay (design: "Rollback, hold, backflow, waves"). Its
 * ledger comes back as it was, which is what makes the hold.
 */
export async function composeRollback(ports: RollbackPorts, mirror: Mirror, request: RollbackRequest): Promise<RollbackComposition> {
  const chain = await follow(ports, mirror, request, async (_, before) => before.promotion === request.to);
  if (typeof chain === 'string') return { kind: 'impossible', message: chain };
  const overlay = new Map<string, FileVersion | undefined>();
  const budget = { left: MAX_TOTAL_BYTES };
  const whole = asOne(chain.returning.map(({ application }) => application));
  const torn = await tornByLeft(ports.reader, placeOf(ports, mirror, request), { ...chain, whole });
  if (torn !== undefined) return { kind: 'impossible', message: torn };
  for (const step of chain.undone) {
    const conflicts = await undo(ports, mirror, { request: { ...request, application: whole }, step, overlay, budget });
    if (conflicts.length > 0) return { kind: 'conflict', conflicts };
  }
  const notes = leftNotes(chain.left);
  const inputsKey = await rollbackInputsKey(mirror, request, { returning: chain.returning.map(({ application }) => application), notes });
  return write(mirror, request, { chain, overlay, inputsKey, notes });
}

function placeOf({ promotions }: RollbackPorts, mirror: Mirror, { repository, pipeline, application, target, onto }: Omit<RollbackRequest, 'to' | 'automatic'>): ChainPlace {
  return { promotions, mirror, repository, pipeline, application, target, onto };
}

/** What composing a rollback of these applications reads, as a hash: while it stays the same, so does the candidate. `notes`: what it leaves. */
export async function rollbackInputsKey(mirror: Mirror, request: RollbackRequest, { returning, notes }: { readonly returning: readonly Application[]; readonly notes: Candidate['notes'] }): Promise<string> {
  const { pipeline, target, onto, application } = request;
  const others = returning.filter(({ name }) => name !== application.name);
  const [own, ...rest] = await Promise.all(
    [application, ...others].map(async (member) => [(await readLedger(mirror, onto, target.name, member.name)).blob ?? null, await mirror.contentKey(onto, wholeSelection(member)), applicationRules(pipeline, member)]),
  );
  return hashOf(['rollback', request.to, ...(own ?? []), request.attempt, ...rest, ...leftKey(pipeline, notes)]);
}

/** From the ledger at the head back, promotion by promotion, until one of them says that it is far enough. @returns why not, when it never is. */
async function follow(ports: RollbackPorts, mirror: Mirror, request: Omit<RollbackRequest, 'to' | 'automatic'>, isEnough: (step: Undone, before: Ledger) => Promise<boolean>): Promise<Chain | string> {
  const { repository, application, target, onto } = request;
  const { ledger: current } = await readLedger(mirror, onto, target.name, application.name);
  if (!current) return `${target.name} has no record of a promotion of ${application.name}`;
  const undone: Undone[] = [];
  for (let ledger = current; undone.length < MAX_STEPS; ) {
    const step = await stepOf(mirror, await ports.promotions.get(repository, ledger.promotion));
    if (!step) return `how ${ledger.promotion} came to ${target.name} is not known here`;
    undone.push(step);
    const { ledger: previous, blob } = await readLedger(mirror, step.before, target.name, application.name);
    if (!previous || !blob) return `${ledger.promotion} was the first promotion of ${application.name} to ${target.name}: there is nothing to go back to`;
    if (await isEnough(step, previous)) {
      const place = placeOf(ports, mirror, request);
      return together(place, { current, undone, ledger: previous, blob }, await passedOn(place, undone));
    }
    ledger = previous;
  }
  return `it is not among the last ${MAX_STEPS} promotions of ${application.name} to ${target.name}`;
}

interface UndoInput {
  readonly request: RollbackRequest;
  readonly step: Undone;
  /** What the steps before have made of the target's files; undefined: deleted. */
  readonly overlay: Map<string, FileVersion | undefined>;
  readonly budget: { left: number };
}

async function undo(ports: RollbackPorts, mirror: Mirror, { request, step, overlay, budget }: UndoInput): Promise<readonly ComposeConflict[]> {
  const { pipeline, application, target, onto } = request;
  const changes = await mirror.changedPaths(step.merge, step.before, promotedSelection(pipeline, application, target));
  const targets = await mirror.entries(
    onto,
    changes.map(({ path }) => path),
  );
  const ownership = ownershipFor(pipeline, target.name);
  const inputs: ComposeFileInput[] = [];
  for (const { path, before, after } of changes) {
    try {
      const [base, source] = [await readVersion(mirror, before, budget), await readVersion(mirror, after, budget)];
      const now = overlay.has(path) ? overlay.get(path) : await readVersion(mirror, targets.get(path), budget);
      inputs.push({ path, owned: ownership.fieldsFor(path), ...present({ base, source, target: now }) });
    } catch (error) {
      if (!(error instanceof TooLarge)) throw error;
      return [{ path, reason: 'limit', message: error.message }];
    }
  }
  const outcomes = await ports.reader.compose(inputs);
  if (isLimit(outcomes)) return [{ path: '', reason: 'limit', message: outcomes.message }];
  for (const edit of toEdits(inputs, outcomes)) overlay.set(edit.path, edit.file);
  return outcomes.flatMap((outcome) => (outcome.kind === 'conflict' ? outcome.conflicts : []));
}

interface Written {
  readonly chain: Chain;
  readonly overlay: ReadonlyMap<string, FileVersion | undefined>;
  readonly inputsKey: string;
  readonly notes: Candidate['notes'];
}

async function write(mirror: Mirror, request: RollbackRequest, { chain, overlay, inputsKey, notes }: Written): Promise<RollbackComposition> {
  const { application, target, onto, attempt } = request;
  const { ledger, current, returning } = chain;
  const [tip] = await mirror.firstParent(onto, { limit: 1 });
  const commit = { parents: [onto], author: SLUICE_IDENTITY, date: Math.floor((tip?.committedAt ?? 0) / 1000) };
  const edits = [...overlay].map(([path, file]): FileEdit => ({ path, ...present({ file }) }));
  const bare = edits.length === 0 ? undefined : await mirror.commit({ ...commit, edits, message: 'content' });
  const contents = async (selected: Application): Promise<Pick<CandidateMember, 'targetContent' | 'resultContent'>> => {
    const targetContent = await mirror.contentKey(onto, wholeSelection(selected));
    return { targetContent, resultContent: bare ? await mirror.contentKey(bare.commit, wholeSelection(selected)) : targetContent };
  };
  const members = returning.length < 2 ? undefined : await Promise.all(returning.map(async (member) => toMember(member, await contents(member.application))));
  const { targetContent, resultContent } = await contents(members ? { ...asOne(returning.map((member) => member.application)), name: application.name } : application);
  const digests = await digestsOf(mirror, request, { chain, targetContent, resultContent, notes, ...present({ members }) });
  const id = promotionId(promotionName(target.name, application.name, digests.digest));
  const set = setOf(chain, members);
  const subject = { application: application.name, from: ledger.source, target: target.name, kind: 'rollback' as const, source: ledger.commit, automatic: request.automatic, ...present({ together: members?.map((member) => member.application), set }) };
  const ledgers = await Promise.all([...returning, ...chain.former].map((member) => ledgerEdit(mirror, target, member)));
  const undoes = chain.undone.map(({ promotion }) => promotion.id);
  const final = await mirror.commit({ ...commit, edits: [...edits, ...ledgers], message: promotionMessage({ ...subject, id, digest: digests.digest, attempt, undoes, notUndone: notes }) });
  const changedPaths = edits.map((edit) => edit.path);
  return {
    kind: 'candidate',
    candidate: { kind: 'rollback', source: ledger.commit, base: current.commit, origin: ledger.origin, ...digests, head: final.commit, onto, targetContent, resultContent, inputsKey, notes, undoes, ...(request.automatic && { automatic: true }), ...present({ members, set }), changedPaths },
    files: await shownFiles(mirror, onto, overlay),
  };
}

/** As it was; none where there was none. */
async function ledgerEdit(mirror: Mirror, target: Environment, { application, blob }: Pick<Returning, 'application' | 'blob'>): Promise<FileEdit> {
  const path = ledgerPath(target.name, application.name);
  return blob ? { path, file: { mode: '100644', bytes: await mirror.blob(blob, MAX_FILE_BYTES) } } : { path };
}

function toMember({ application, current, ledger }: Returning, contents: Pick<CandidateMember, 'targetContent' | 'resultContent'>): CandidateMember {
  const { commit, origin } = ledger ?? current;
  return { application: application.name, source: commit, base: current.commit, origin, ...contents };
}

/** The release set that all of it was promoted as. */
function setOf({ undone }: Chain, members: readonly CandidateMember[] | undefined): string | undefined {
  const [first] = undone;
  const set = first?.promotion.candidate.set;
  return members && undone.every(({ promotion }) => promotion.candidate.set === set) ? set : undefined;
}

async function digestsOf(mirror: Mirror, request: RollbackRequest, facts: { readonly chain: Chain; readonly targetContent: ObjectSha; readonly resultContent: ObjectSha; readonly notes: Candidate['notes']; readonly members?: readonly CandidateMember[] }): Promise<Pick<Candidate, 'digest' | 'fingerprint'>> {
  const { ledger, current } = facts.chain;
  const { repository, pipeline, application, target, attempt } = request;
  const input = {
    repository,
    pipeline: pipeline.name,
    application: application.name,
    source: ledger.source,
    sourceCommit: ledger.commit,
    target: target.name,
    previous: current.promotion,
    targetContent: facts.targetContent,
    resultContent: facts.resultContent,
    usesContent: await usesKey(mirror, request),
    // never that of a promotion of the same content
    rules: hashOf(['rollback', request.to, applicationRules(pipeline, application), ...facts.notes.map(({ path }) => path)]),
    ...(facts.members && { members: facts.members.map(({ application: name, source, targetContent, resultContent }) => ({ application: name, sourceCommit: source, targetContent, resultContent })) }),
  };
  return { digest: computeDigest({ ...input, attempt }), fingerprint: computeDigest({ ...input, attempt: 0 }) };
}

async function shownFiles(mirror: Mirror, onto: CommitSha, overlay: Written['overlay']): Promise<ComposedFiles> {
  const entries = await mirror.entries(onto, [...overlay.keys()]);
  const before = new Map<string, FileVersion>();
  for (const [path, entry] of entries) {
    const file = await readVersion(mirror, entry, { left: MAX_TOTAL_BYTES });
    if (file) before.set(path, file);
  }
  return { before, after: new Map([...overlay].flatMap(([path, file]) => (file ? [[path, file] as const] : []))) };
}
