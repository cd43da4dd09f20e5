import { listMapKeys } from '@sluice/manifests';
import * as models from '@kubernetes/client-node';
import { ANY, type ListType, type Schema } from './schema.js';

interface Attribute {
  readonly baseName: string;
  readonly type: string;
  readonly format: string;
}

// x-kubernetes-map-type: atomic in the OpenAPI document of Kubernetes v1.32; all other types there are granular.
const ATOMIC_TYPES = new Set([
  'V1LabelSelector', 'V1LocalObjectReference', 'V1ObjectFieldSelector', 'V1SecretKeySelector', 'V1ConfigMapKeySelector', 'V1ResourceFieldSelector',
  'V1TypedLocalObjectReference', 'V1RoleRef', 'RbacV1Subject', 'V1OwnerReference', 'V1NodeSelector', 'V1NodeSelectorTerm', 'V1ObjectReference',
  'V1SecretReference', 'V1ServiceBackendPort', 'V1ScopeSelector', 'V1TopologySelectorTerm',
]);
const ATOMIC_MAPS: Readonly<Record<string, readonly string[]>> = {
  Service: ['spec/selector'],
  ReplicationController: ['spec/selector'],
  PersistentVolume: ['spec/nodeAffinity/required'],
};
const ATOMIC_MAP_FIELDS = ['nodeSelector'];
const SETS = ['metadata/finalizers'];

interface Place {
  readonly kind: string;
  readonly where: string;
}

/**
 * The schema of a built-in kind. The fields and their types are those of the models of @kubernetes/client-node, which are made of the API's OpenAPI document; how lists merge is
 * the table of the manifests library: https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
 */
export function builtinSchema(model: string, kind: string, where = ''): Schema {
  return typeSchema({ type: model, format: '' }, { kind, where });
}

function typeSchema({ type, format }: { readonly type: string; readonly format: string }, place: Place): Schema {
  const list = /^(?:Array|Set)<(.*)>$/.exec(type)?.[1];
  if (list !== undefined) return { type: 'list', list: listType(place), items: typeSchema({ type: list, format }, below(place, '[]')) };
  const values = /^\{ \[key: string\]: (.*); \}$/.exec(type)?.[1];
  if (values !== undefined) return { type: 'map', atomic: isAtomicMap(place), values: typeSchema({ type: values, format: '' }, below(place, '*')) };
  return scalar(type, format) ?? struct(type, place) ?? ANY;
}

function below({ kind, where }: Place, step: string): Place {
  return { kind, where: where === '' ? step : `${where}/${step}` };
}

function scalar(type: string, format: string): Schema | undefined {
  if (type === 'number') return { type: 'scalar', of: format.startsWith('int') ? 'integer' : 'number' };
  if (type === 'boolean') return { type: 'scalar', of: 'boolean' };
  if (type === 'IntOrString') return { type: 'scalar', of: 'int-or-string' };
  if (type === 'string' || type === 'Date' || type === 'V1MicroTime') return { type: 'scalar', of: 'string' };
  return undefined;
}

const structs = new Map<string, Map<string, Attribute>>();

function struct(type: string, place: Place): Schema | undefined {
  const attributes = attributesOf(type);
  if (attributes === undefined) return undefined;
  const fields = new Map<string, Schema | undefined>();
  const field = (name: string): Schema | undefined => {
    if (!fields.has(name)) {
      const attribute = attributes.get(name);
      fields.set(name, attribute && quantityOr(type, name, typeSchema(attribute, below(place, name))));
    }
    return fields.get(name);
  };
  return { type: 'object', atomic: ATOMIC_TYPES.has(type), preserve: type === 'V1FieldsV1', field };
}

/** Quantities are texts in the models, while the server also takes numbers. */
function quantityOr(type: string, name: string, schema: Schema): Schema {
  const quantities = /Resource(Requirements|QuotaSpec|QuotaStatus)$|LimitRangeItem$/.test(type) && schema.type === 'map';
  if (quantities) return { ...schema, values: { type: 'scalar', of: 'quantity' } };
  return name === 'sizeLimit' || name === 'averageValue' ? { type: 'scalar', of: 'quantity' } : schema;
}

function attributesOf(type: string): Map<string, Attribute> | undefined {
  const known = structs.get(type);
  if (known !== undefined) return known;
  const model = (models as unknown as Record<string, { getAttributeTypeMap?: () => Attribute[] } | undefined>)[type];
  const attributes = model?.getAttributeTypeMap?.();
  if (attributes === undefined) return undefined;
  const byName = new Map(attributes.map((attribute) => [attribute.baseName, attribute]));
  structs.set(type, byName);
  return byName;
}

function listType({ kind, where }: Place): ListType {
  if (SETS.includes(where)) return { type: 'set' };
  const keys = listMapKeys(kind, where);
  return keys === undefined ? { type: 'atomic' } : { type: 'map', keys };
}

function isAtomicMap({ kind, where }: Place): boolean {
  return (ATOMIC_MAPS[kind] ?? []).includes(where) || ATOMIC_MAP_FIELDS.some((field) => where.endsWith(`/${field}`));
}
