import type { HealthExpressions } from '@sluice/health';
import type { DriftDiff, IgnoreRule } from '@sluice/sync-plan';

/** A file as git has it. `mode`: `100644` or `100755`; also `120000` (symbolic link) and `160000` (submodule), which a target refuses one by one. */
export interface DesiredFile {
  readonly path: string;
  readonly mode: string;
  /** Reads the content when it is needed. */
  read(): Promise<Uint8Array>;
  /** Git's blob name, to tell without reading whether it changed. */
  readonly sha: string;
}

/** Where something is that a target makes true: a file of the repository, and the object in it where files hold several. */
export interface Place {
  readonly path: string;
  /** `Deployment.apps shop/checkout`; fit to be shown. */
  readonly object?: string;
}

/** One text for a place. */
export function placeKey({ path, object }: Place): string {
  return object === undefined ? path : `${path}#${object}`;
}

/** Something that could not be applied, and why. */
export interface ApplyFailure extends Place {
  readonly message: string;
  /** It was not tried: it waits for something else. */
  readonly waits?: boolean;
}

/** The health of an object that is applied and not as it should be; a target of plain files has none. */
export interface ObjectHealth extends Place {
  readonly status: 'InProgress' | 'Failed' | 'Unknown';
  readonly message: string;
}

export interface ApplyResult {
  readonly written: number;
  readonly deleted: number;
  readonly unchanged: number;
  /** What could not be applied, with the reason; the rest was. */
  readonly failed: readonly ApplyFailure[];
  /** The signal ended it between two files: the next call finishes. */
  readonly interrupted?: boolean;
}

export interface DriftEntry extends Place {
  readonly kind: 'modified' | 'missing' | 'foreign';
  /** What differs, where that is known. */
  readonly diff?: DriftDiff;
}

/** A file of a target as it is. `mode`: as git would have it. */
export interface LiveFile {
  readonly mode: string;
  readonly bytes: Uint8Array;
}

export interface ApplyOptions {
  /** Ends it between two files. */
  readonly signal?: AbortSignal;
  /** Places ({@link placeKey}) that are left as they are: drift that is only to be reported. */
  readonly leave?: ReadonlySet<string>;
  /** Fields that stay as they are: not ours to set, once the object is there. For a target that tells fields apart; others are told what to leave. */
  readonly ignore?: readonly IgnoreRule[];
  /** When objects of kinds are well, beside what the target knows itself. */
  readonly healthRules?: readonly HealthExpressions[];
}

export interface DriftOptions {
  /** By content, even where size and times, or versions, say that nothing changed. */
  readonly deep?: boolean;
  /** The files of what was applied last, for a target that has to compare with them. */
  readonly files?: () => Promise<readonly DesiredFile[]>;
  /** Fields whose difference is no drift. */
  readonly ignore?: readonly IgnoreRule[];
  /** When objects of kinds are well, beside what the target knows itself. */
  readonly healthRules?: readonly HealthExpressions[];
}

/** Where an agent makes things true. A driver behind it: a folder, a cluster, later a command. */
export interface Target {
  /** Refuses an unfit place (`/`, a home folder, a folder with foreign files and no adoption) with InvalidInput. */
  prepare(): Promise<void>;
  /**
   * Makes the owned files exactly these. Idempotent; a kill at any point leaves each file whole (old or new) and the next call finishes.
   */
  apply(commit: string, files: readonly DesiredFile[], options?: ApplyOptions): Promise<ApplyResult>;
  /** Compares what is there with what was applied last. */
  drift(options?: DriftOptions): Promise<readonly DriftEntry[]>;
  /** What is there at the path of a file, up to a size, for a target of plain files; undefined: no such regular file, or larger. */
  read?(path: string, maxBytes: number): Promise<LiveFile | undefined>;
  /** What is applied and not (yet) well, as of the last `apply` or `drift`. */
  health?(): Promise<readonly ObjectHealth[]>;
  /** Calls back soon after something in the target changed by another hand. @returns the function that ends it. */
  watch(changed: () => void): Promise<() => Promise<void>>;
  /** The commit that was applied completely, as remembered by the target itself. */
  applied(): Promise<string | undefined>;
  /** How many files the target owns: whether a commit without any file would empty it. */
  owned(): Promise<number>;
}
