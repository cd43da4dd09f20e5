import { listAt, objectAt, type JsonObject, type KubeObject } from '../api/json.js';
import { storageKey } from '../api/resource.js';
import type { Hands } from './hands.js';

const NAMESPACES = { group: '', plural: 'namespaces' };

/** https://kubernetes.io/docs/concepts/security/service-accounts/#default-service-accounts and the root certificate that each namespace is given */
export function followNamespace(hands: Hands, namespace: KubeObject): void {
  if (namespace.metadata.deletionTimestamp !== undefined) return terminate(hands, namespace);
  const { name } = namespace.metadata;
  hands.create('/serviceaccounts', { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace: name } });
  hands.create('/configmaps', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'kube-root-ca.crt', namespace: name }, data: { 'ca.crt': '' } });
}

/** An object of a namespace went: one that is terminating may be empty now. */
export function retryTerminating(hands: Hands, namespace: string | undefined): void {
  const found = namespace === undefined ? undefined : hands.world.store.get(NAMESPACES, '', namespace);
  if (found?.metadata.deletionTimestamp !== undefined) terminate(hands, found);
}

/** https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/: the content goes first; what has finalizers holds the namespace. */
function terminate(hands: Hands, namespace: KubeObject): void {
  for (const { key, object } of contentOf(hands, namespace)) hands.remove(key, object);
  const left = contentOf(hands, namespace);
  const live = hands.now('/namespaces', namespace);
  if (live === undefined) return;
  if (left.length > 0) return hands.setStatus('/namespaces', live, remaining(live, left.map(({ object }) => object), hands.world.now()));
  hands.change('/namespaces', live, (next) => (next['spec'] = {}));
}

function contentOf(hands: Hands, { metadata: { name } }: KubeObject): { readonly key: string; readonly object: KubeObject }[] {
  return hands.world.store.everything(({ metadata }) => metadata.namespace === name).filter(({ key }) => key !== storageKey(NAMESPACES));
}

function remaining(namespace: KubeObject, left: readonly KubeObject[], now: string): JsonObject {
  const finalizers = [...new Set(left.flatMap((object) => listAt(object, 'metadata', 'finalizers').map(String)))];
  const condition = (type: string, reason: string, message: string): JsonObject => ({ type, status: 'True', reason, message, lastTransitionTime: now });
  const old = objectAt(namespace, 'status');
  if (listAt(old, 'conditions').length > 0) return old;
  return {
    phase: 'Terminating',
    conditions: [
      condition('NamespaceContentRemaining', 'SomeResourcesRemain', `Some resources are remaining: ${left.map(({ kind, metadata }) => `${kind} ${metadata.name}`).join(', ')}`),
      condition('NamespaceFinalizersRemaining', 'SomeFinalizersRemain', `Some content in the namespace has finalizers remaining: ${finalizers.join(', ')}`),
    ],
  };
}
