import { ApiError, type Named } from '../api/api-error.js';
import { clone, equal, type KubeObject } from '../api/json.js';
import type { Schema } from '../schema/schema.js';
import { FieldSet, printPath, type FieldPath } from './field-set.js';
import { isManager, manageable, managersOf, writeManagers, type Manager, type ManagerId } from './managed-fields.js';
import { mergeApplied, pruneFields } from './merge-applied.js';
import { compareFields, fieldsOf } from './owned-fields.js';

export interface Ownership {
  readonly schema: Schema;
  readonly hasStatus: boolean;
  readonly subresource: string;
  readonly apiVersion: string;
  readonly now: string;
}

interface Applying extends Ownership {
  readonly manager: string;
  readonly force: boolean;
  readonly resource: Named;
  /** Defaults and the status of before: what the server makes of a merged object, ahead of comparing. */
  readonly complete: (object: KubeObject) => KubeObject;
}

/**
 * Merges a configuration into the live object and gives its fields to the manager.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/
 * @throws ApiError 409 with a cause for each field that another manager owns with another value
 */
export function applyConfiguration(live: KubeObject | undefined, configuration: KubeObject, applying: Applying): KubeObject {
  const { schema, manager, subresource, apiVersion, now } = applying;
  const id: ManagerId = { manager, operation: 'Apply', subresource };
  const managers = managersOf(live);
  const last = managers.find(isManager(id));
  const fields = manageable(fieldsOf(schema, configuration), applying);
  const others = managers.filter((one) => !isManager(id)(one));
  const owned = others.reduce((all, one) => all.union(one.fields), fields);
  const next = applying.complete(mergedObject(schema, live, configuration, { last: last?.fields ?? new FieldSet(), owned }));
  const { changed, removed } = compareFields(schema, live ?? {}, next);
  const taken = others.map((one) => ({ one, fields: one.fields.filter((path) => changed.has(path) && fields.has(path)) })).filter((each) => each.fields.size > 0);
  if (taken.length > 0 && !applying.force) throw applyConflict(taken.map((each) => ({ manager: each.one, fields: each.fields })));
  const rest = others.map((one) => ({ ...one, fields: one.fields.filter((path) => !changedElsewhere(path, changed, fields) && !isRemoved(path, removed)) }));
  const unchanged = last !== undefined && last.fields.equals(fields) && equal(unmanaged(live), unmanaged(next));
  const own: Manager = { ...id, apiVersion, time: unchanged ? last.time : now, fields };
  next.metadata['managedFields'] = writeManagers([...rest, own]);
  return next;
}

function mergedObject(schema: Schema, live: KubeObject | undefined, configuration: KubeObject, sets: { readonly last: FieldSet; readonly owned: FieldSet }): KubeObject {
  const base = live ?? { apiVersion: configuration.apiVersion, kind: configuration.kind, metadata: { name: configuration.metadata.name } };
  const merged = mergeApplied(schema, { ...base, apiVersion: configuration.apiVersion }, configuration);
  return clone(pruneFields(schema, merged, [], sets)) as KubeObject;
}

function changedElsewhere(path: FieldPath, changed: FieldSet, fields: FieldSet): boolean {
  return changed.has(path) && fields.has(path);
}

/** Removed itself, or below something that is. */
function isRemoved(path: FieldPath, removed: FieldSet): boolean {
  return path.some((_, index) => removed.has(path.slice(0, index + 1)));
}

/** The object without what changes with each write: two that are the same need no write. */
export function unmanaged(object: KubeObject | undefined): KubeObject | undefined {
  if (object === undefined) return undefined;
  const { managedFields: _, resourceVersion: __, ...metadata } = object.metadata;
  return { ...object, metadata };
}

interface Taken {
  readonly manager: Manager;
  readonly fields: FieldSet;
}

/** https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts */
function applyConflict(taken: readonly Taken[]): ApiError {
  const causes = taken.flatMap(({ manager, fields }) =>
    [...fields].map((path) => ({ reason: 'FieldManagerConflict', message: `conflict with ${printManager(manager)}`, field: printPath(path) })),
  );
  const lines = taken.map(({ manager, fields }) => {
    const paths = [...fields].map(printPath).sort();
    return paths.length === 1 ? `conflict with ${printManager(manager)}: ${paths[0]}` : `conflicts with ${printManager(manager)}:\n${paths.map((path) => `- ${path}`).join('\n')}`;
  });
  const count = causes.length === 1 ? '1 conflict' : `${causes.length} conflicts`;
  return new ApiError(409, 'Conflict', `Apply failed with ${count}: ${lines.join('\n')}`, { details: { causes } });
}

/** As the API server of version 1.36 says it: the version, without a time, of those who do not apply. */
function printManager({ manager, subresource, apiVersion, operation }: Manager): string {
  const through = subresource === '' ? '' : ` with subresource "${subresource}"`;
  return `"${manager}"${through}${operation === 'Update' ? ` using ${apiVersion}` : ''}`;
}

/** Gives what an update changed to its manager, and takes it from everybody else. */
export function trackUpdate(before: KubeObject | undefined, after: KubeObject, manager: string, ownership: Ownership): KubeObject {
  const { schema, subresource, apiVersion, now } = ownership;
  const id: ManagerId = { manager, operation: 'Update', subresource };
  const found = compareFields(schema, before ?? {}, after);
  const [mine, removed] = [manageable(found.changed, ownership), manageable(found.removed, ownership)];
  const tracked = clone(after);
  const managers = managersOf(before === undefined ? undefined : after);
  if (mine.size === 0 && removed.size === 0) return tracked;
  const rest = managers.filter((one) => !isManager(id)(one)).map((one) => ({ ...one, fields: one.fields.filter((path) => !mine.has(path) && !isRemoved(path, removed)) }));
  const previous = managers.find(isManager(id))?.fields.filter((path) => !isRemoved(path, removed)) ?? new FieldSet();
  tracked.metadata['managedFields'] = writeManagers([...rest, { ...id, apiVersion, time: now, fields: previous.union(mine) }]);
  return tracked;
}
