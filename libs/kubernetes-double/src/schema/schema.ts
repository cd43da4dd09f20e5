import type { Json, JsonObject } from '../api/json.js';

export interface MapKey {
  readonly field: string;
  /** What an absent field stands for, as by the schema's default. */
  readonly fallback?: Json;
}

/** https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy: `x-kubernetes-list-type` */
export type ListType = { readonly type: 'atomic' } | { readonly type: 'set' } | { readonly type: 'map'; readonly keys: readonly MapKey[] };

/** What a place in an object may hold, and how it merges. Read lazily: some types contain themselves. */
export type Schema =
  | { readonly type: 'object'; readonly atomic: boolean; readonly preserve: boolean; field(name: string): Schema | undefined; readonly checks?: JsonObject }
  | { readonly type: 'map'; readonly atomic: boolean; readonly values: Schema; readonly checks?: JsonObject }
  | { readonly type: 'list'; readonly list: ListType; readonly items: Schema; readonly checks?: JsonObject }
  | { readonly type: 'scalar'; readonly of: ScalarType; readonly checks?: JsonObject };

export type ScalarType = 'string' | 'integer' | 'number' | 'boolean' | 'int-or-string' | 'quantity' | 'any';

export const ANY: Schema = { type: 'scalar', of: 'any' };
const PRESERVED: Schema = { type: 'object', atomic: false, preserve: true, field: () => undefined };

/** The schema of a field of a map or struct; `undefined` when it may not be there. */
export function fieldSchema(schema: Schema, name: string): Schema | undefined {
  if (schema.type === 'map') return schema.values;
  if (schema.type !== 'object') return undefined;
  return schema.field(name) ?? (schema.preserve ? ANY : undefined);
}

/** A place that no schema describes merges by what stands there: maps are granular, lists atomic. */
export function deduced(schema: Schema, value: Json | undefined): Schema {
  if (schema.type !== 'scalar' || schema.of !== 'any') return schema;
  if (Array.isArray(value)) return { type: 'list', list: { type: 'atomic' }, items: ANY };
  return typeof value === 'object' && value !== null ? PRESERVED : schema;
}

/** A map or struct whose fields merge one by one. */
export function isGranularMap(schema: Schema): boolean {
  return (schema.type === 'object' || schema.type === 'map') && !schema.atomic;
}

/** A list whose items merge one by one. */
export function isKeyedList(schema: Schema): schema is Schema & { readonly type: 'list' } {
  return schema.type === 'list' && schema.list.type !== 'atomic';
}
