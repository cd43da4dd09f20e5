import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { digest as toDigest } from '@sluice/kernel';
import type { ApplicationName, CommitSha, Digest, EnvironmentName, ObjectSha, PromotionId, RepositoryId } from '@sluice/kernel';

const DIGEST_VERSION = 1;

/** Everything that an approval binds to (design: "The digest, and what approvals bind to"). */
export interface DigestInput {
  readonly repository: RepositoryId;
  readonly pipeline: string;
  readonly application: ApplicationName;
  readonly source: EnvironmentName;
  readonly sourceCommit: CommitSha;
  readonly target: EnvironmentName;
  /** The promotion in the target's ledger, before this one. */
  readonly previous?: PromotionId;
  readonly attempt: number;
  /** Content keys: each stands for the sorted (path, mode, object) of the application's paths. */
  readonly targetContent: ObjectSha;
  readonly resultContent: ObjectSha;
  readonly usesContent: ObjectSha;
  /** Hash of the application's paths and the environment-owned rules. */
  readonly rules: string;
  /** Where several applications are promoted together: what it is to each of them; absent otherwise. */
  readonly members?: readonly DigestMember[];
}

export type DigestMember = Pick<DigestInput, 'application' | 'sourceCommit' | 'previous' | 'targetContent' | 'resultContent'>;

/** SHA-256 over a canonical form; the ledger file, the target's commit and other applications are not in it. */
export function computeDigest(input: DigestInput): Digest {
  return toDigest(
    hashOf([
      'sluice-digest',
      DIGEST_VERSION,
      input.repository,
      input.pipeline,
      input.application,
      input.source,
      input.sourceCommit,
      input.target,
      input.previous ?? null,
      input.attempt,
      input.targetContent,
      input.resultContent,
      input.usesContent,
      input.rules,
      ...(input.members ? [membersText(input.members)] : []),
    ]),
  );
}

function membersText(members: readonly DigestMember[]): unknown {
  const sorted = [...members].sort((a, b) => (a.application < b.application ? -1 : 1));
  return sorted.map(({ application, sourceCommit, previous, targetContent, resultContent }) => [application, sourceCommit, previous ?? null, targetContent, resultContent]);
}

/** SHA-256, in hex, of a value that is plain JSON with a fixed order of keys. */
export function hashOf(value: unknown): string {
  return bytesToHex(sha256(utf8ToBytes(JSON.stringify(value))));
}
