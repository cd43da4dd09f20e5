import type { Cause } from '../api/api-error.js';
import { equal, isObject, listAt, objectAt, textAt, type Json, type JsonObject, type KubeObject } from '../api/json.js';

const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const SEGMENT = /^(?!\.\.?$)[^/%]+$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
const LABEL_KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const MAX_ANNOTATIONS = 262_144;
const MAX_DATA = 1_048_576;

interface NameRule {
  readonly pattern: RegExp;
  readonly most: number;
  readonly message: string;
}

// https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
const NAMES = {
  subdomain: {
    pattern: SUBDOMAIN,
    most: 253,
    message:
      "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')",
  },
  label: {
    pattern: LABEL,
    most: 63,
    message: "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
  },
  label1035: {
    pattern: LABEL_1035,
    most: 63,
    message: "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')",
  },
  segment: { pattern: SEGMENT, most: 253, message: "may not contain '/' or '%'" },
} as const satisfies Record<string, NameRule>;

function nameRule(group: string, kind: string): NameRule {
  if (group === 'rbac.authorization.k8s.io') return NAMES.segment;
  if (group !== '') return NAMES.subdomain;
  if (kind === 'Namespace') return NAMES.label;
  return kind === 'Service' ? NAMES.label1035 : NAMES.subdomain;
}

export function required(field: string, detail = ''): Cause {
  return { reason: 'FieldValueRequired', message: `Required value${detail === '' ? '' : `: ${detail}`}`, field };
}

export function invalidValue(field: string, value: Json | undefined, detail: string): Cause {
  return { reason: 'FieldValueInvalid', message: `Invalid value: ${JSON.stringify(value ?? null)}: ${detail}`, field };
}

export function forbiddenField(field: string, detail: string): Cause {
  return { reason: 'FieldValueForbidden', message: `Forbidden: ${detail}`, field };
}

/** What the server refuses with 422 of any object, and of the built-in kinds as far as the double knows. */
export function validateObject(group: string, object: KubeObject): Cause[] {
  return [...metadataCauses(group, object), ...(CHECKS[`${group}/${object.kind}`]?.(object) ?? [])];
}

function metadataCauses(group: string, { kind, metadata }: KubeObject): Cause[] {
  const { pattern, most, message } = nameRule(group, kind);
  const causes: Cause[] = [];
  if (!pattern.test(metadata.name)) causes.push(invalidValue('metadata.name', metadata.name, message));
  if (metadata.name.length > most) causes.push(invalidValue('metadata.name', metadata.name, `must be no more than ${most} characters`));
  return [...causes, ...labelCauses(objectAt(metadata, 'labels'), 'metadata.labels'), ...annotationCauses(objectAt(metadata, 'annotations'))];
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set */
function labelCauses(labels: JsonObject, field: string): Cause[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    const text = typeof value === 'string' ? value : '';
    const causes: Cause[] = [];
    if (!LABEL_KEY.test(key)) causes.push(invalidValue(field, key, "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"));
    if (text.length > 63) causes.push(invalidValue(field, text, 'must be no more than 63 characters'));
    else if (!LABEL_VALUE.test(text)) {
      causes.push(invalidValue(field, text, "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"));
    }
    return causes;
  });
}

function annotationCauses(annotations: JsonObject): Cause[] {
  const size = Object.entries(annotations).reduce((sum, [key, value]) => sum + key.length + String(value).length, 0);
  return size > MAX_ANNOTATIONS ? [{ reason: 'FieldValueTooLong', message: `Too long: may not be more than ${MAX_ANNOTATIONS} bytes`, field: 'metadata.annotations' }] : [];
}

type Check = (object: KubeObject) => Cause[];

const CHECKS: Readonly<Record<string, Check>> = {
  '/Pod': (object) => podCauses(objectAt(object, 'spec'), 'spec'),
  '/ConfigMap': dataCauses,
  '/Secret': dataCauses,
  '/Service': serviceCauses,
  'apps/Deployment': workloadCauses,
  'apps/ReplicaSet': workloadCauses,
  'apps/DaemonSet': workloadCauses,
  'apps/StatefulSet': workloadCauses,
  'batch/Job': jobCauses,
  'batch/CronJob': (object) => (textAt(object, 'spec', 'schedule') === '' ? [required('spec.schedule')] : []),
  'rbac.authorization.k8s.io/RoleBinding': bindingCauses,
  'rbac.authorization.k8s.io/ClusterRoleBinding': bindingCauses,
};

function dataCauses(object: KubeObject): Cause[] {
  const entries = [...Object.entries(objectAt(object, 'data')), ...Object.entries(objectAt(object, 'binaryData'))];
  const bad = entries.filter(([key]) => !/^[-._a-zA-Z0-9]{1,253}$/.test(key));
  const size = entries.reduce((sum, [, value]) => sum + String(value).length, 0);
  return [
    ...bad.map(([key]) => invalidValue(`data[${key}]`, key, "a valid config key must consist of alphanumeric characters, '-', '_' or '.'")),
    ...(size > MAX_DATA ? [{ reason: 'FieldValueTooLong', message: `Too long: may not be more than ${MAX_DATA} bytes`, field: 'data' }] : []),
  ];
}

function serviceCauses(object: KubeObject): Cause[] {
  const spec = objectAt(object, 'spec');
  const ports = listAt(spec, 'ports');
  if (ports.length === 0 && spec['type'] !== 'ExternalName' && spec['clusterIP'] !== 'None') return [required('spec.ports')];
  return ports.flatMap((port, index) => (ports.length > 1 && textAt(port, 'name') === '' ? [required(`spec.ports[${index}].name`)] : []));
}

function workloadCauses(object: KubeObject): Cause[] {
  const spec = objectAt(object, 'spec');
  const selector = objectAt(spec, 'selector');
  const causes = isObject(spec['selector']) ? [] : [required('spec.selector')];
  const labels = objectAt(spec, 'template', 'metadata', 'labels');
  const matches = Object.entries(objectAt(selector, 'matchLabels')).every(([key, value]) => equal(labels[key], value));
  if (!matches) causes.push(invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'));
  return [...causes, ...podCauses(objectAt(spec, 'template', 'spec'), 'spec.template.spec')];
}

function jobCauses(object: KubeObject): Cause[] {
  const pod = objectAt(object, 'spec', 'template', 'spec');
  const policy = pod['restartPolicy'];
  const wrong = policy !== 'OnFailure' && policy !== 'Never';
  const message = `Required value: valid values: "OnFailure", "Never"`;
  return [...podCauses(pod, 'spec.template.spec'), ...(wrong ? [{ reason: 'FieldValueRequired', message, field: 'spec.template.spec.restartPolicy' }] : [])];
}

function podCauses(spec: JsonObject, field: string): Cause[] {
  const containers = listAt(spec, 'containers');
  if (containers.length === 0) return [required(`${field}.containers`)];
  return [...listCauses(containers, `${field}.containers`), ...listCauses(listAt(spec, 'initContainers'), `${field}.initContainers`), ...mountCauses(spec, containers, field)];
}

function listCauses(containers: readonly Json[], field: string): Cause[] {
  const seen = new Set<string>();
  return containers.flatMap((container, index) => {
    const name = textAt(container, 'name');
    const causes: Cause[] = [];
    if (name === '') causes.push(required(`${field}[${index}].name`));
    else if (!LABEL.test(name)) causes.push(invalidValue(`${field}[${index}].name`, name, NAMES.label.message));
    if (seen.has(name)) causes.push({ reason: 'FieldValueDuplicate', message: `Duplicate value: "${name}"`, field: `${field}[${index}].name` });
    if (textAt(container, 'image') === '') causes.push(required(`${field}[${index}].image`));
    seen.add(name);
    return causes;
  });
}

function mountCauses(spec: JsonObject, containers: readonly Json[], field: string): Cause[] {
  const volumes = new Set(listAt(spec, 'volumes').map((volume) => textAt(volume, 'name')));
  if (field !== 'spec' && volumes.size === 0) return []; // claims of a StatefulSet are volumes too
  return containers.flatMap((container, at) =>
    listAt(container, 'volumeMounts').flatMap((mount, index) =>
      volumes.has(textAt(mount, 'name')) || field !== 'spec' ? [] : [{ reason: 'FieldValueNotFound', message: `Not found: "${textAt(mount, 'name')}"`, field: `${field}.containers[${at}].volumeMounts[${index}].name` }],
    ),
  );
}

function bindingCauses(object: KubeObject): Cause[] {
  return textAt(object, 'roleRef', 'name') === '' ? [required('roleRef.name')] : [];
}
