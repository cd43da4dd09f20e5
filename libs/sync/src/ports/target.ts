/** A file as git has it. `mode`: `100644` or `100755`; also `120000` (symbolic link) and `160000` (submodule), which a target refuses one by one. */
export interface DesiredFile {
  readonly path: string;
  readonly mode: string;
  /** Reads the content when it is needed. */
  read(): Promise<Uint8Array>;
  /** Git's blob name, to tell without reading whether it changed. */
  readonly sha: string;
}

export interface ApplyResult {
  readonly written: number;
  readonly deleted: number;
  readonly unchanged: number;
  /** Paths that could not be applied, with the reason; the others were. */
  readonly failed: readonly { readonly path: string; readonly message: string }[];
  /** The signal ended it between two files: the next call finishes. */
  readonly interrupted?: boolean;
}

export interface DriftEntry {
  readonly path: string;
  readonly kind: 'modified' | 'missing' | 'foreign';
}

export interface ApplyOptions {
  /** Ends it between two files. */
  readonly signal?: AbortSignal;
  /** Paths that are left as they are: drift that is only to be reported. */
  readonly leave?: ReadonlySet<string>;
}

/** Where an agent makes things true. A driver behind it: a folder, later a cluster or a command. */
export interface Target {
  /** Refuses an unfit place (`/`, a home folder, a folder with foreign files and no adoption) with InvalidInput. */
  prepare(): Promise<void>;
  /**
   * Makes the owned files exactly these. Idempotent; a kill at any point leaves each file whole (old or new) and the next call finishes.
   */
  apply(commit: string, files: readonly DesiredFile[], options?: ApplyOptions): Promise<ApplyResult>;
  /** Compares what is there with what was applied last. `deep`: by content, even where size and times say that nothing changed. */
  drift(options?: { readonly deep?: boolean }): Promise<readonly DriftEntry[]>;
  /** Calls back soon after something in the target changed by another hand. @returns the function that ends it. */
  watch(changed: () => void): Promise<() => Promise<void>>;
  /** The commit that was applied completely, as remembered by the target itself. */
  applied(): Promise<string | undefined>;
  /** How many files the target owns: whether a commit without any file would empty it. */
  owned(): Promise<number>;
}
