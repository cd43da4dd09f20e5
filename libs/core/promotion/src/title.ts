import { printableLine } from '@sluice/kernel';
import type { ApplicationName, CommitSha, Digest, EnvironmentName, PromotionId } from '@sluice/kernel';
import type { Author, PromotionKind } from './model.js';

/** What the words of a promotion are made of. */
export interface Subject {
  readonly application: ApplicationName;
  readonly from: EnvironmentName;
  readonly target: EnvironmentName;
  readonly kind: PromotionKind;
  readonly source: CommitSha;
}

const VERBS: Readonly<Record<PromotionKind, string>> = { change: 'Promote', 'record-only': 'Record', adopt: 'Adopt' };

/** Title of a request and subject of its commit; well below every forge's limit of 256 characters. */
export function promotionTitle(subject: Subject): string {
  return printableLine(`${VERBS[subject.kind]} ${subject.application} to ${subject.target} from ${subject.from}@${subject.source.slice(0, 10)}`, 250);
}

/** Title of a draft request on which conflicts are to be resolved, and subject of its commit. */
export function draftTitle(subject: Omit<Subject, 'kind'>): string {
  return printableLine(`Resolve conflicts: ${subject.application} to ${subject.target} from ${subject.from}@${subject.source.slice(0, 10)}`, 250);
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
