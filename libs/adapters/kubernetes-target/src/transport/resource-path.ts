import type { Resource } from './discovery.js';

/** Where a kind's objects are: those of one namespace, or all when it is empty or the kind has none. https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris */
export function collectionPath({ group, version, plural, namespaced }: Resource, namespace: string): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  return namespaced && namespace !== '' ? `${root}/namespaces/${encodeURIComponent(namespace)}/${plural}` : `${root}/${plural}`;
}
