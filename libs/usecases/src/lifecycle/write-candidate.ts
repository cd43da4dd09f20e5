import { present, promotionId } from '@sluice/kernel';
import type { ObjectSha } from '@sluice/kernel';
import type { ComposeNote } from '@sluice/manifests';
import type { Application } from '@sluice/pipeline';
import { computeDigest, draftMessage, formatLedger, ledgerPath, promotionMessage, promotionName } from '@sluice/promotion';
import type { Author, Candidate, CandidateMember, ConflictDraft, DigestMember, Ledger, PromotionKind } from '@sluice/promotion';
import type { FileEdit, Mirror, NewCommit } from '../ports/index.js';
import type { ComposePart, ComposeRequest } from './compose-request.js';
import { SLUICE_IDENTITY } from './ports.js';
import { applicationRules, usesSelection, wholeSelection } from './selections.js';

/** What comes out of a source; rollbacks are composed otherwise. */
export type SourceCandidate = Candidate & { readonly kind: Exclude<PromotionKind, 'rollback'> };

/** What composing has come to, to be written. */
export interface Written {
  readonly edits: readonly FileEdit[];
  readonly kind: SourceCandidate['kind'];
  readonly inputsKey: string;
  readonly notes: readonly ComposeNote[];
  readonly resolvers?: readonly Author[];
}

export function commitOf({ onto, sourceDate }: ComposeRequest): Pick<NewCommit, 'parents' | 'author' | 'date'> {
  return { parents: [onto], author: SLUICE_IDENTITY, date: Math.floor(sourceDate / 1000) };
}

/** What a draft's commit says, with what its composition was against. */
export function messageOfDraft(request: ComposeRequest): string {
  const { ledger, parts, resolution } = request;
  return draftMessage(draftSubject(request), { resolvers: resolution?.resolvers ?? [], ...present({ base: ledger?.commit, bases: basesOf(parts) }) });
}

/** What each of several applications is composed against. */
export function basesOf(parts: ComposeRequest['parts']): ConflictDraft['bases'] {
  return parts?.map((part) => ({ application: part.application.name, ...present({ base: part.ledger?.commit }) }));
}

/** What the words of a draft are made of. */
export function draftSubject({ application, source, target, sourceCommit, parts, set }: ComposeRequest): Parameters<typeof draftMessage>[0] {
  return { application: application.name, from: source.name, target: target.name, source: sourceCommit, ...present({ together: parts?.map((part) => part.application.name), set }) };
}

/** What is written of one application: its ledger before, and its content before and after. */
interface WrittenPart extends ComposePart {
  readonly targetContent: ObjectSha;
  readonly resultContent: ObjectSha;
}

/** The candidate as a deterministic commit: its files, and the ledger of each application that it is about. */
export async function writeCandidate(mirror: Mirror, request: ComposeRequest, written: Written): Promise<SourceCandidate> {
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

function ledgerEdit({ application, source, sourceCommit, origin, resultContent }: WrittenPart, recorded: Pick<Ledger, 'digest' | 'promotion' | 'attempt' | 'target' | 'source'>): FileEdit {
  const ledger: Ledger = { ...recorded, ...(source && { source: source.name }), application: application.name, commit: sourceCommit, origin, paths: application.paths, content: resultContent };
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
