import type { CommitSha } from '@sluice/kernel';

/** What a commit's signature is worth against a list of keys. */
export type SignatureState =
  | { readonly kind: 'trusted' }
  | { readonly kind: 'unsigned' }
  /** Not of one of the keys, or of another text. */
  | { readonly kind: 'untrusted'; readonly message: string }
  /** The machine lacks what checking it takes. */
  | { readonly kind: 'unchecked'; readonly message: string };

/** A commit as git keeps it, without the header of the object. */
export interface RawCommit {
  readonly sha: CommitSha;
  readonly bytes: Uint8Array;
}

export interface CommitSignatures {
  /** Checks every commit's signature against public keys: lines of OpenSSH, and armoured PGP key blocks. In the order of the commits. */
  verify(commits: readonly RawCommit[], keys: readonly string[]): Promise<readonly SignatureState[]>;
}
