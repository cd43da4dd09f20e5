import type { Schema } from '../schema/schema.js';

/** A resource type that the server serves in one version: https://kubernetes.io/docs/reference/using-api/api-concepts/#standard-api-terminology */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
  /** Has the `status` subresource. */
  readonly status: boolean;
  /** Counts `metadata.generation`. */
  readonly generation: boolean;
  readonly schema: Schema;
  /** Of a CustomResourceDefinition: its structural schema as given, `undefined` for built-in kinds. */
  readonly custom?: { readonly storageVersion: string };
}

export function apiVersionOf({ group, version }: { readonly group: string; readonly version: string }): string {
  return group === '' ? version : `${group}/${version}`;
}

/** One storage for all versions of a resource. */
export function storageKey({ group, plural }: { readonly group: string; readonly plural: string }): string {
  return `${group}/${plural}`;
}

export const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'] as const;
