import { printableLine } from '@sluice/kernel';
import type { ObjectIdentity, Value } from '../model.js';
import { isMap } from './values-equal.js';

/**
 * What the document is, when it is a Kubernetes object with a fixed name; `undefined` for other files and for `generateName`.
 * An absent namespace is the empty text: it is decided where the object is applied.
 */
export function identityOf(value: Value | undefined): ObjectIdentity | undefined {
  if (!isMap(value)) return undefined;
  const metadata = value.get('metadata');
  const apiVersion = value.get('apiVersion');
  const kind = kindOf(value);
  const name = isMap(metadata) ? metadata.get('name') : undefined;
  if (typeof apiVersion !== 'string' || kind === undefined || typeof name !== 'string' || name === '') return undefined;
  const namespace = isMap(metadata) ? metadata.get('namespace') : undefined;
  return { group: groupOf(apiVersion), kind, namespace: typeof namespace === 'string' ? namespace : '', name };
}

/** `kind` of a document; `undefined` for files that are no Kubernetes objects. */
export function kindOf(value: Value | undefined): string | undefined {
  const kind = isMap(value) ? value.get('kind') : undefined;
  return typeof kind === 'string' && kind !== '' ? kind : undefined;
}

/** `Deployment.apps shop/checkout`, as kubectl writes it; fit to be shown. */
export function formatIdentity(identity: ObjectIdentity): string {
  const kind = identity.group === '' ? identity.kind : `${identity.kind}.${identity.group}`;
  return printableLine(`${kind} ${identity.namespace === '' ? '' : `${identity.namespace}/`}${identity.name}`);
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}
