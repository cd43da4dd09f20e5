import { decodeDocuments, type Value } from '@sluice/manifests';
import type { DesiredObject } from './model.js';
import { normalise } from './normalise.js';
import { readObjects, type ReadObject } from './read-objects.js';

export const OWNER = { cluster: 'prod-eu', environment: 'prod' };

export function documents(text: string): Value[] {
  return decodeDocuments(text);
}

export function value(text: string): Value {
  return documents(text)[0] ?? null;
}

export function read(text: string, path = 'apps/shop.yaml'): readonly ReadObject[] {
  const found = readObjects(path, documents(text));
  if (!found.ok) throw new Error(found.error.map(({ message }) => message).join('\n'));
  return found.value;
}

const CLUSTER_SCOPED = ['Namespace', 'ClusterRole', 'ClusterRoleBinding', 'CustomResourceDefinition', 'StorageClass', 'IngressClass', 'PriorityClass', 'RuntimeClass', 'ValidatingWebhookConfiguration', 'PersistentVolume'];

/** Objects as an agent would have them, of a text in YAML. */
export function desired(text: string, path?: string): DesiredObject[] {
  return read(text, path).map((object) => {
    const done = normalise(object, { namespaced: !CLUSTER_SCOPED.includes(object.identity.kind), defaultNamespace: 'default', owner: OWNER });
    if (!done.ok) throw new Error(done.error.message);
    return done.value;
  });
}

/** `Deployment.apps shop/web` in short: one object without anything in it. */
export function bare(kind: string, name: string, extra = ''): string {
  const [first = '', ...group] = kind.split('.');
  const apiVersion = group.length === 0 ? 'v1' : `${group.join('.')}/v1`;
  const [namespace, own] = name.includes('/') ? name.split('/') : ['', name];
  return `---\napiVersion: ${apiVersion}\nkind: ${first}\nmetadata: { name: "${own}"${namespace ? `, namespace: "${namespace}"` : ''}${extra} }\n`;
}

export function annotated(kind: string, name: string, annotations: Readonly<Record<string, string>>): string {
  return bare(kind, name, `, annotations: ${JSON.stringify(annotations)}`);
}
