import type { ObjectIdentity, Path, ValueMap } from '@sluice/manifests';

/** An object as a commit wants it, with where it comes from. `identity` has its final namespace: empty only for what stands outside of namespaces. */
export interface DesiredObject {
  readonly identity: ObjectIdentity;
  readonly apiVersion: string;
  /** What is applied: see {@link normalise}. */
  readonly value: ValueMap;
  /** The file of the repository, for people. */
  readonly path: string;
}

/** Something in a commit that cannot be applied as it is; `message` names the objects and is fit to be shown. */
export interface PlanProblem {
  readonly path: string;
  readonly object?: ObjectIdentity;
  readonly message: string;
}

/** Where an object belongs in the order of things: what others are instances of, classes, all else, and webhooks, which could refuse what comes before them. */
export type StageName = 'definitions' | 'classes' | 'rest' | 'webhooks';

/** What has to be true of an object before the next stage starts. `established`: of a CRD, that its kind is served; of a Namespace, that it is active. `current`: healthy. */
export interface Wait {
  readonly object: ObjectIdentity;
  readonly until: 'established' | 'current';
}

/** Objects that are applied one after the other (or side by side); then `waits` are waited for. */
export interface Stage {
  readonly name: StageName;
  readonly wave: number;
  readonly objects: readonly DesiredObject[];
  readonly waits: readonly Wait[];
}

export interface StagePlan {
  readonly stages: readonly Stage[];
  /** Who needs whom, by {@link objectKey}; for {@link objectsToSkip}. */
  readonly needs: ReadonlyMap<string, readonly string[]>;
}

/** Who wants the objects: in their labels. */
export interface Owner {
  readonly cluster: string;
  readonly environment: string;
}

/** A rule of the pipeline's `drift.ignore`: `*` in a path stands for every item or value (FieldPath of @sluice/pipeline). */
export interface IgnoreRule {
  readonly kind?: string | undefined;
  readonly path: readonly string[];
}

/** A difference between what is wanted and what is there; values are short texts, masked where they are secret; absent: not there. */
export interface FieldDrift {
  /** Where a file has several objects: which. */
  readonly object?: string;
  readonly field: string;
  readonly wanted?: string;
  readonly live?: string;
  /** The field managers that have it now, besides us. */
  readonly by?: string;
}

/** A field of a live object that somebody else has set and that the commit says nothing of. */
export interface ForeignField {
  readonly field: string;
  readonly live: string;
  readonly by: string;
}

/** What differs at one place. Everything in it is fit to be shown but {@link DriftCapture}. */
export interface DriftDiff {
  readonly fields: readonly FieldDrift[];
  readonly foreign?: readonly ForeignField[];
  /** There was more than fits. */
  readonly truncated?: boolean;
  /** Lines that are wanted and not there, and that are there and not wanted: of files that are no manifests. */
  readonly lines?: { readonly wanted: number; readonly live: number };
  /** What is there in full, so that it can be taken over into git; absent where it is secret, or too large. */
  readonly capture?: DriftCapture;
}

/** A text file as it is, or the differing fields of an object. */
export type DriftCapture = { readonly text: string } | { readonly fields: readonly CapturedField[] };

/** The value is JSON; without one the field is not there. */
export interface CapturedField {
  readonly path: Path;
  readonly value?: string;
}

export interface ObjectDrift extends DriftDiff {
  readonly kind: 'none' | 'modified' | 'missing';
}
