import type { Brand } from './brand.js';
import { InvalidInput } from './errors.js';

/** A full commit name: 40 (or 64, in SHA-256 repositories) lower-case hex digits. */
export type CommitSha = Brand<string, 'CommitSha'>;
/** The name of a blob or tree in git's object database. */
export type ObjectSha = Brand<string, 'ObjectSha'>;
/** SHA-256 over everything an approval binds to, as 64 hex digits (docs/glossary.md: digest). */
export type Digest = Brand<string, 'Digest'>;
/** `<target>-<application>-<number>`-like opaque id of a promotion, unique in a repository. */
export type PromotionId = Brand<string, 'PromotionId'>;
export type RepositoryId = Brand<string, 'RepositoryId'>;
export type EnvironmentName = Brand<string, 'EnvironmentName'>;
export type ApplicationName = Brand<string, 'ApplicationName'>;
export type ClusterName = Brand<string, 'ClusterName'>;
/** A login name of ours (`ada`), unique in a server. */
export type PersonName = Brand<string, 'PersonName'>;

const NAME = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const SHA = /^([0-9a-f]{40}|[0-9a-f]{64})$/;
const DIGEST = /^[0-9a-f]{64}$/;
const PROMOTION = /^[a-z0-9][a-z0-9-]{0,200}$/;

/** True for a DNS label (RFC 1123): the form of every name a user gives to something of ours. */
export function isName(text: string): boolean {
  return NAME.test(text);
}

/** Whether records of pushes, reviews and writes mean Sluice itself by this name: nobody else may have it, or what they do would be taken for Sluice's. */
export function isOwnName(name: string): boolean {
  return name === 'sluice';
}

export const commitSha = parser<CommitSha>('a commit', SHA);
export const objectSha = parser<ObjectSha>('an object name', SHA);
export const digest = parser<Digest>('a digest', DIGEST);
export const promotionId = parser<PromotionId>('a promotion id', PROMOTION);
export const repositoryId = parser<RepositoryId>('a repository name', NAME);
export const environmentName = parser<EnvironmentName>('an environment name', NAME);
export const applicationName = parser<ApplicationName>('an application name', NAME);
export const clusterName = parser<ClusterName>('a cluster name', NAME);
export const personName = parser<PersonName>('a person name', NAME);

function parser<T extends Brand<string, string>>(what: string, pattern: RegExp) {
  /** @throws InvalidInput when the text has not the form of this identifier. */
  return (text: string): T => {
    if (!pattern.test(text)) throw new InvalidInput(`${JSON.stringify(text.slice(0, 80))} is not ${what}`);
    return text as T;
  };
}
