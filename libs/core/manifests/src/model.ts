/** A decoded YAML or JSON value with kubectl's meaning: 64-bit integers are kept, maps keep their order and have string keys. */
export type Value = null | boolean | number | bigint | string | readonly Value[] | ValueMap;
export interface ValueMap extends ReadonlyMap<string, Value> {}

/** What makes a Kubernetes object the same object at two commits. `group` is empty for the core group. */
export interface ObjectIdentity {
  readonly group: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** A file at one commit. `mode` is git's: `100644`, `100755` or `120000`. */
export interface FileVersion {
  readonly mode: string;
  readonly bytes: Uint8Array;
}

/** A field that the target keeps: see OwnershipRule of @sluice/pipeline, already narrowed to one target and one file. */
export interface OwnedField {
  readonly kind?: string;
  /** Path segments; the symbol `Symbol.for('sluice.any-item')` stands for every item. */
  readonly path: readonly (string | symbol)[];
  readonly part?: 'registry';
}

/** One file of a compose: its three versions (absent: the file does not exist there). */
export interface ComposeFileInput {
  readonly path: string;
  readonly base?: FileVersion;
  readonly source?: FileVersion;
  readonly target?: FileVersion;
  readonly owned: readonly OwnedField[];
  /** A declared template (Helm): may be merged by lines when it does not parse. */
  readonly template?: boolean;
  /** How somebody has resolved conflicts of this file, in this composition or in an earlier one. */
  readonly resolved?: ResolvedFile;
}

/** A person's version of a file that conflicted, with the three versions that it was made for. It counts at a node where these three have the same values as those that conflict now. */
export interface ResolvedFile {
  readonly base?: FileVersion;
  readonly source?: FileVersion;
  readonly target?: FileVersion;
  readonly answer?: FileVersion;
  /** Where the answer is the target's value: that is meant so. Otherwise it may just not have been looked at yet, and stays a conflict. */
  readonly isComplete: boolean;
}

export type ComposeFileOutcome =
  /** The target has the wanted version already. */
  | { readonly kind: 'unchanged' }
  | ComposedFile
  | { readonly kind: 'delete' }
  /** `rest`: the file with everything that did not conflict, and the target's version of what did; absent: that is the target's file as it is. */
  | { readonly kind: 'conflict'; readonly conflicts: readonly ComposeConflict[]; readonly rest?: ComposedFile };

export interface ComposedFile {
  readonly kind: 'write';
  readonly file: FileVersion;
  readonly notes: readonly ComposeNote[];
}

/** Something a reviewer should know: a field that the target owns but has no value for came along from the source. */
export interface ComposeNote {
  readonly path: string;
  readonly object?: ObjectIdentity;
  readonly field: string;
  readonly value: string;
  readonly message: string;
}

export type ConflictReason = 'both-changed' | 'binary' | 'unparsable' | 'unsupported-yaml' | 'deleted-and-changed' | 'limit' | 'verification';

/** Values are printable texts, bounded, secrets masked; absent: not there. */
export interface ComposeConflict {
  readonly path: string;
  readonly reason: ConflictReason;
  readonly message: string;
  readonly object?: ObjectIdentity;
  readonly field?: string;
  readonly base?: string;
  readonly source?: string;
  readonly target?: string;
  /** Counts from 1; where the file does not parse. */
  readonly line?: number;
  readonly column?: number;
}

/** One object (or, for other files, the file) that differs between two versions of a tree. */
export interface ObjectChange {
  readonly path: string;
  readonly object?: ObjectIdentity;
  readonly change: 'added' | 'removed' | 'modified';
  /** Field by field, in document order; bounded; values printable, Secret data masked. Empty for opaque files. */
  readonly fields: readonly FieldChange[];
  /** Lines added and removed, for files that are not YAML or JSON. */
  readonly lines?: { readonly added: number; readonly removed: number };
  /** True when `fields` was cut at its bound. */
  readonly truncated: boolean;
}

export interface FieldChange {
  readonly field: string;
  readonly before?: string;
  readonly after?: string;
}
