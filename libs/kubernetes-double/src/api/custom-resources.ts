import { structuralSchema } from '../schema/structural-schema.js';
import { required } from '../schema/validate-object.js';
import { invalid, NotInDouble, type Cause } from './api-error.js';
import { isObject, listAt, objectAt, textAt, textsAt, type Json, type JsonObject, type KubeObject } from './json.js';
import { ALL_VERBS, type Resource } from './resource.js';

const DEFINITION = { group: 'apiextensions.k8s.io', plural: 'customresourcedefinitions', kind: 'CustomResourceDefinition' };

/** The resources that a definition serves, one a served version. https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/ */
export function resourcesOf(definition: KubeObject): Resource[] {
  const spec = objectAt(definition, 'spec');
  const names = objectAt(spec, 'names');
  const versions = listAt(spec, 'versions').filter(isObject);
  const storage = versions.find((version) => version['storage'] === true);
  return versions.filter((version) => version['served'] === true).map((version) => ({
    group: textAt(spec, 'group'),
    version: textAt(version, 'name'),
    plural: textAt(names, 'plural'),
    singular: textAt(names, 'singular'),
    kind: textAt(names, 'kind'),
    namespaced: spec['scope'] === 'Namespaced',
    shortNames: textsAt(names, 'shortNames'),
    categories: textsAt(names, 'categories'),
    verbs: ALL_VERBS,
    status: isObject(objectAt(version, 'subresources')['status']),
    generation: true,
    schema: structuralSchema(objectAt(version, 'schema', 'openAPIV3Schema'), textAt(names, 'kind')),
    custom: { storageVersion: textAt(storage, 'name') },
  }));
}

/** What the server refuses of a definition. @throws NotInDouble of a conversion by webhook */
export function refuseDefinition(definition: KubeObject): void {
  const spec = objectAt(definition, 'spec');
  const versions = listAt(spec, 'versions').filter(isObject);
  const causes = [...nameCauses(definition, spec), ...versionCauses(versions), ...versions.flatMap((version, index) => schemaCauses(version, `spec.versions[${index}].schema.openAPIV3Schema`))];
  if (causes.length > 0) throw invalid(DEFINITION, definition.metadata.name, causes);
  if (textAt(spec, 'conversion', 'strategy') === 'Webhook') throw new NotInDouble('conversion webhooks');
}

function nameCauses(definition: KubeObject, spec: JsonObject): Cause[] {
  const wanted = `${textAt(spec, 'names', 'plural')}.${textAt(spec, 'group')}`;
  const missing = ['group', 'scope'].filter((field) => textAt(spec, field) === '').map((field) => required(`spec.${field}`));
  const names = ['plural', 'kind'].filter((field) => textAt(spec, 'names', field) === '').map((field) => required(`spec.names.${field}`));
  const misnamed = definition.metadata.name === wanted ? [] : [{ reason: 'FieldValueInvalid', message: `Invalid value: "${definition.metadata.name}": must be spec.names.plural+"."+spec.group`, field: 'metadata.name' }];
  return [...missing, ...names, ...(missing.length + names.length > 0 ? [] : misnamed)];
}

function versionCauses(versions: readonly JsonObject[]): Cause[] {
  const stored = versions.filter((version) => version['storage'] === true).length;
  return stored === 1 ? [] : [{ reason: 'FieldValueInvalid', message: 'Invalid value: must have exactly one version marked as storage version', field: 'spec.versions' }];
}

function schemaCauses(version: JsonObject, field: string): Cause[] {
  const schema = objectAt(version, 'schema')['openAPIV3Schema'];
  if (!isObject(schema)) return [required(field, 'schemas are required')];
  return structureCauses(schema, field);
}

/** https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema: each node has a type. */
function structureCauses(schema: Json | undefined, field: string): Cause[] {
  if (!isObject(schema)) return [];
  const untyped = schema['type'] === undefined && schema['x-kubernetes-int-or-string'] !== true && schema['x-kubernetes-preserve-unknown-fields'] !== true;
  const both = isObject(schema['properties']) && schema['additionalProperties'] !== undefined;
  return [
    ...(untyped ? [required(`${field}.type`, 'must not be empty for specified object fields')] : []),
    ...(both ? [{ reason: 'FieldValueForbidden', message: 'Forbidden: additionalProperties and properties are mutual exclusive', field: `${field}.additionalProperties` }] : []),
    ...Object.entries(isObject(schema['properties']) ? schema['properties'] : {}).flatMap(([name, property]) => structureCauses(property, `${field}.properties[${name}]`)),
    ...structureCauses(schema['items'], `${field}.items`),
    ...structureCauses(schema['additionalProperties'], `${field}.additionalProperties`),
  ];
}

/** https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/#CustomResourceDefinitionStatus */
export function establishedStatus(definition: KubeObject, now: string): JsonObject {
  const spec = objectAt(definition, 'spec');
  const stored = listAt(spec, 'versions').filter(isObject).filter((version) => version['storage'] === true).map((version) => textAt(version, 'name'));
  const condition = (type: string, reason: string, message: string): JsonObject => ({ type, status: 'True', reason, message, lastTransitionTime: now });
  return {
    acceptedNames: objectAt(spec, 'names'),
    storedVersions: [...new Set([...textsAt(definition, 'status', 'storedVersions'), ...stored])],
    conditions: [condition('NamesAccepted', 'NoConflicts', 'no conflicts found'), condition('Established', 'InitialNamesAccepted', 'the initial names have been accepted')],
  };
}
