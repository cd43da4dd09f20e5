/** A file as it should be in a target. `mode`: `100644` or `100755`. */
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
}

export interface DriftEntry {
  readonly path: string;
  readonly kind: 'modified' | 'missing' | 'foreign';
}

/** Where an agent makes things true. A driver behind it: a folder, later a cluster or a command. */
export interface Target {
  /** Refuses an unfit place (`/`, a home folder, a folder with foreign files and no adoption) with InvalidInput. */
  prepare(): Promise<void>;
  /** Makes the owned files exactly these. Idempotent; a kill at any point leaves each file whole (old or new) and the next call finishes. */
  apply(commit: string, files: readonly DesiredFile[]): Promise<ApplyResult>;
  /** Compares what is there with what was applied last. */
  drift(): Promise<readonly DriftEntry[]>;
  /** Calls back soon after something in the target changed by another hand. @returns the function that ends it. */
  watch(changed: () => void): Promise<() => Promise<void>>;
  /** The commit that was applied completely, as remembered by the target itself. */
  applied(): Promise<string | undefined>;
}
