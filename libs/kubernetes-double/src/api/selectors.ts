import { badRequest } from './api-error.js';
import { at, objectAt, type JsonObject, type KubeObject } from './json.js';
import { NotInDouble } from './api-error.js';

export type Selects = (object: KubeObject) => boolean;

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors */
export function labelSelector(text: string | null): Selects {
  if (text === null || text.trim() === '') return () => true;
  const requirements = splitOutside(text).map(requirement);
  return (object) => {
    const labels = objectAt(object, 'metadata', 'labels');
    return requirements.every((fits) => fits(labels));
  };
}

function splitOutside(text: string): string[] {
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}

function requirement(text: string): (labels: JsonObject) => boolean {
  const set = /^([\w./-]+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(text);
  if (set) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return (labels) => (typeof labels[key] === 'string' && values.includes(labels[key])) === (operator === 'in');
  }
  const compared = /^([\w./-]+)\s*(==|=|!=)\s*([\w.-]*)$/.exec(text);
  if (compared) {
    const [, key = '', operator, value] = compared;
    return (labels) => (labels[key] === value) === (operator !== '!=');
  }
  const present = /^(!?)\s*([\w./-]+)$/.exec(text);
  if (!present) throw badRequest(`unable to parse requirement: found '${text}'`);
  const [, not, key = ''] = present;
  return (labels) => (labels[key] !== undefined) === (not === '');
}

// https://kubernetes.io/docs/concepts/overview/working-with-objects/field-selectors/#list-of-supported-fields
const EXTRA_FIELDS: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'status.phase', 'status.podIP'],
  Event: ['involvedObject.kind', 'involvedObject.namespace', 'involvedObject.name', 'involvedObject.uid', 'reason', 'type'],
  Secret: ['type'],
  Namespace: ['status.phase'],
  Job: ['status.successful'],
};

export function fieldSelector(text: string | null, kind: string): Selects {
  if (text === null || text === '') return () => true;
  const tests = text.split(',').map((part) => fieldTest(part, kind));
  return (object) => tests.every((fits) => fits(object));
}

function fieldTest(text: string, kind: string): Selects {
  const parsed = /^([\w.]+)(==|=|!=)(.*)$/.exec(text);
  if (!parsed) throw badRequest(`invalid selector: '${text}'; can't understand '${text}'`);
  const [, field = '', operator, value] = parsed;
  if (!['metadata.name', 'metadata.namespace', ...(EXTRA_FIELDS[kind] ?? [])].includes(field)) throw badRequest(`field label not supported: ${field}`);
  if (field === 'status.successful') throw new NotInDouble('fieldSelector status.successful');
  return (object) => (String(at(object, ...field.split('.')) ?? '') === value) === (operator !== '!=');
}
