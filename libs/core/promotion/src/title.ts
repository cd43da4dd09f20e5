import { applicationName, environmentName, isName, printableLine } from '@sluice/kernel';
import type { ApplicationName, CommitSha, Digest, EnvironmentName, PromotionId } from '@sluice/kernel';
import { sayTogether } from './members.js';
import type { Author, Promotion, PromotionKind } from './model.js';

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

/** Title of a draft request on which conflicts are to be resolved, and subject of its commit. */
export function draftTitle(subject: Omit<Subject, 'kind'>): string {
  return printableLine(`Resolve conflicts: ${subjectName(subject)} to ${subject.target} from ${subject.from}@${subject.source.slice(0, 10)}`, 250);
}

/** The message of the commit that a request carries: the same inputs give the same text. */
export function promotionMessage(subject: Subject & { readonly id: PromotionId; readonly digest: Digest; readonly attempt: number; readonly resolvers?: readonly Author[] }): string {
  return [
    promotionTitle(subject),
    '',
    `Sluice-Promotion: ${subject.id}`,
    `Sluice-Digest: ${subject.digest}`,
    `Sluice-Source: ${subject.from} ${subject.source}`,
    `Sluice-Attempt: ${subject.attempt}`,
    ...(subject.resolvers ?? []).map(({ name, email }) => `Sluice-Resolved-By: ${printableLine(`${name} <${email}>`, 250)}`),
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
