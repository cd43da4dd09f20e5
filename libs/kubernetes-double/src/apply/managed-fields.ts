import { listAt, objectAt, textAt, type JsonObject, type KubeObject } from '../api/json.js';
import { type FieldSet, fromFieldsV1, toFieldsV1, type FieldPath } from './field-set.js';

/** One entry of `metadata.managedFields`: https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management */
export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string;
  readonly fields: FieldSet;
}

export type ManagerId = Pick<Manager, 'manager' | 'operation' | 'subresource'>;

export function isManager(id: ManagerId): (one: Manager) => boolean {
  return (one) => one.manager === id.manager && one.operation === id.operation && one.subresource === id.subresource;
}

export function managersOf(object: KubeObject | undefined): Manager[] {
  return listAt(object, 'metadata', 'managedFields').map((entry) => ({
    manager: textAt(entry, 'manager'),
    operation: textAt(entry, 'operation') === 'Apply' ? 'Apply' : 'Update',
    apiVersion: textAt(entry, 'apiVersion'),
    subresource: textAt(entry, 'subresource'),
    time: textAt(entry, 'time'),
    fields: fromFieldsV1(objectAt(entry, 'fieldsV1')),
  }));
}

/** Applies before updates, then by time: the order in which a server lists them. */
export function writeManagers(managers: readonly Manager[]): JsonObject[] {
  const owning = managers.filter(({ fields }) => fields.size > 0);
  const sorted = owning.sort((left, right) => left.operation.localeCompare(right.operation) || left.time.localeCompare(right.time) || left.manager.localeCompare(right.manager));
  return sorted.map(({ manager, operation, apiVersion, time, fields, subresource }) => ({
    manager,
    operation,
    apiVersion,
    time,
    fieldsType: 'FieldsV1',
    fieldsV1: toFieldsV1(fields),
    ...(subresource === '' ? {} : { subresource }),
  }));
}

const UNMANAGED = [
  ['f:apiVersion'],
  ['f:kind'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'generation', 'managedFields', 'resourceVersion', 'deletionTimestamp', 'deletionGracePeriodSeconds'].map((name) => ['f:metadata', `f:${name}`]),
];

/** Nobody manages the identity and what the server itself writes; the status belongs to its subresource. */
export function manageable(fields: FieldSet, { hasStatus, subresource }: { readonly hasStatus: boolean; readonly subresource: string }): FieldSet {
  return fields.filter((path) => {
    if (path.length === 1 && path[0] === 'f:metadata') return false;
    if (UNMANAGED.some((one) => startsWith(path, one))) return false;
    if (!hasStatus) return true;
    return subresource === 'status' ? path[0] === 'f:status' : path[0] !== 'f:status';
  });
}

function startsWith(path: FieldPath, start: readonly string[]): boolean {
  return start.every((element, index) => path[index] === element);
}
