import { applicationName, digest, environmentName, isName, printableLine, promotionId } from '@sluice/kernel';
import type { ApplicationName, CommitSha, Digest, EnvironmentName, PromotionId } from '@sluice/kernel';
import { sayTogether } from './members.js';
import type { Author, Candidate, Promotion, PromotionKind } from './model.js';

/** What the words of a promotion are made of. */
export interface Subject {
  readonly application: ApplicationName;
  readonly from: EnvironmentName;
  readonly target: EnvironmentName;
  readonly kind: PromotionKind;
  readonly source: CommitSha;
  /** Of a rollback: the pipeline ordered it, no person. */
  readonly automatic?: boolean;
  /** Of several applications at once: all of them. */
  readonly together?: readonly ApplicationName[];
  /** The release set that they are. */
  readonly set?: string;
}

/** The words of a promotion as it is stored. */
export function subjectOf({ application, from, target, candidate }: Pick<Promotion, 'application' | 'from' | 'target' | 'candidate'>): Subject {
  const { kind, source, automatic = false, members, set } = candidate;
  return { application, from, target, kind, source, automatic, ...(members && { together: members.map((member) => member.application) }), ...(set !== undefined && { set }) };
}

const VERBS: Readonly<Record<PromotionKind, string>> = { change: 'Promote', 'record-only': 'Record', adopt: 'Adopt', rollback: 'Roll back' };

/** Ends the title of a rollback that the pipeline ordered. */
const AUTOMATIC = ' (degraded)';

/** Whether a title of ours is of a rollback that the pipeline ordered. */
export function isAutomaticRollback(title: string): boolean {
  return kindOfTitle(title) === 'rollback' && title.includes(AUTOMATIC);
}

/** Title of a request and subject of its commit; well below every forge's limit of 256 characters. */
export function promotionTitle(subject: Subject): string {
  const source = subject.source.slice(0, 10);
  const what = subjectName(subject);
  const text = subject.kind === 'rollback' ? `${what} in ${subject.target} to ${subject.from}@${source}${subject.automatic === true ? AUTOMATIC : ''}` : `${what} to ${subject.target} from ${subject.from}@${source}`;
  return printableLine(`${VERBS[subject.kind]} ${text}`, 250);
}

function subjectName({ application, together, set }: Pick<Subject, 'application' | 'together' | 'set'>): string {
  return together ? sayTogether(together, set) : application;
}

/** What kind of promotion a title of ours is about; undefined for other texts. */
export function kindOfTitle(title: string): PromotionKind | undefined {
  return (Object.keys(VERBS) as PromotionKind[]).find((kind) => title.startsWith(`${VERBS[kind]} `));
}

const DRAFT = 'Resolve conflicts: ';

/** Whether a title of ours is of a draft. */
export function isDraftTitle(title: string): boolean {
  return title.startsWith(DRAFT);
}

/** Title of a draft request on which conflicts are to be resolved, and subject of its commit. */
export function draftTitle(subject: Omit<Subject, 'kind'>): string {
  return printableLine(`${DRAFT}${subjectName(subject)} to ${subject.target} from ${subject.from}@${subject.source.slice(0, 10)}`, 250);
}

/** What the message of a rollback's commit says of it: the ledger in the commit is that of the promotion which it goes back to. */
export interface RollbackRecord extends Pick<Candidate, 'digest' | 'notes'> {
  readonly id: PromotionId;
  readonly attempt: number;
  readonly undoes: readonly PromotionId[];
}

const NOT_UNDONE = 'Sluice-Not-Undone: ';
const NOT_UNDONE_LINE = /^Sluice-Not-Undone: ("(?:[^"\\]|\\.){0,4096}") (.*)$/;
const NAME = '[a-z0-9-]{1,200}';
const UNDOES_LINE = new RegExp(`^Sluice-Undoes: (${NAME})$`);

/** Reads {@link promotionMessage} of a rollback; undefined for other messages. */
export function parseRollbackMessage(message: string): RollbackRecord | undefined {
  const lines = message.split('\n');
  const fieldOf = (pattern: RegExp): string | undefined => lines.map((line) => pattern.exec(line)?.[1]).find((value) => value !== undefined);
  const [id, hash, attempt] = [fieldOf(new RegExp(`^Sluice-Promotion: (${NAME})$`)), fieldOf(/^Sluice-Digest: ([0-9a-f]{64})$/), fieldOf(/^Sluice-Attempt: (\d{1,9})$/)];
  if (kindOfTitle(lines[0] ?? '') !== 'rollback' || id === undefined || hash === undefined || attempt === undefined) return undefined;
  const undoes = lines.flatMap((line) => UNDOES_LINE.exec(line)?.[1] ?? []).map(promotionId);
  return { id: promotionId(id), digest: digest(hash), attempt: Number(attempt), undoes, notes: lines.flatMap(notUndoneIn) };
}

function notUndoneIn(line: string): Candidate['notes'] {
  const [, path, message = ''] = NOT_UNDONE_LINE.exec(line) ?? [];
  return path === undefined ? [] : [{ path: textOf(path), field: 'all of it', value: '', message }];
}

function textOf(quoted: string): string {
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}

/** The message of the commit that a request carries: the same inputs give the same text. `undoes`, `notUndone`: of a rollback. */
export function promotionMessage(subject: Subject & { readonly id: PromotionId; readonly digest: Digest; readonly attempt: number; readonly resolvers?: readonly Author[]; readonly undoes?: readonly PromotionId[]; readonly notUndone?: Candidate['notes'] }): string {
  return [
    promotionTitle(subject),
    '',
    `Sluice-Promotion: ${subject.id}`,
    `Sluice-Digest: ${subject.digest}`,
    `Sluice-Source: ${subject.from} ${subject.source}`,
    `Sluice-Attempt: ${subject.attempt}`,
    ...(subject.resolvers ?? []).map(({ name, email }) => `Sluice-Resolved-By: ${printableLine(`${name} <${email}>`, 250)}`),
    ...(subject.undoes ?? []).map((id) => `Sluice-Undoes: ${id}`),
    ...(subject.notUndone ?? []).map(({ path, message }) => `${NOT_UNDONE}${JSON.stringify(path)} ${printableLine(message, 500)}`),
    '',
  ].join('\n');
}

/** `<target>-<application>-<start of the digest>`: made of the inputs, so that every worker gives the same name to the same promotion. */
export function promotionName(target: EnvironmentName, application: ApplicationName, digest: Digest): string {
  return `${target}-${application}-${digest.slice(0, 12)}`;
}

/** The branch that a lane's request is made from. */
export function promotionBranch(target: EnvironmentName, application: ApplicationName): string {
  return `sluice/promote/${target}/${application}`;
}

/** The lane of a branch that {@link promotionBranch} named; undefined for other branches. */
export function promotionLane(branch: string): { readonly target: EnvironmentName; readonly application: ApplicationName } | undefined {
  const [, target = '', application = ''] = /^sluice\/promote\/([^/]+)\/([^/]+)$/.exec(branch) ?? [];
  return isName(target) && isName(application) ? { target: environmentName(target), application: applicationName(application) } : undefined;
}
