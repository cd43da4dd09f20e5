import type { ObjectIdentity } from '@sluice/manifests';

/** `apps/Deployment/shop/web`, `/Namespace//shop`: one text for one object. None of its parts can have a slash. */
export function objectKey({ group, kind, namespace, name }: ObjectIdentity): string {
  return `${group}/${kind}/${namespace}/${name}`;
}

/** {@link objectKey} read back; undefined when the text is nothing of the kind. */
export function identityOfKey(key: string): ObjectIdentity | undefined {
  const [group, kind, namespace, name, ...more] = key.split('/');
  if (group === undefined || !kind || namespace === undefined || !name || more.length > 0) return undefined;
  return { group, kind, namespace, name };
}

/** By namespace, group, kind and name; the same everywhere. */
export function compareKeys(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
