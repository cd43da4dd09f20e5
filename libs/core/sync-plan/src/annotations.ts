import { isMap, type Value } from '@sluice/manifests';

/** Labels and annotations of ours; docs/kubernetes-objects.md describes them. */
export const LABELS = { cluster: 'sluice.dev/cluster', environment: 'sluice.dev/environment' } as const;
export const ANNOTATIONS = {
  /** Which application of the pipeline the object belongs to: for people, and for who asks the cluster. */
  application: 'sluice.dev/application',
  wave: 'sluice.dev/wave',
  dependsOn: 'sluice.dev/depends-on',
  prune: 'sluice.dev/prune',
  recreate: 'sluice.dev/recreate',
} as const;

/** The text of an annotation; undefined when the object has none of this name, or it is no text. */
export function annotationOf(object: Value | undefined, name: string): string | undefined {
  return textIn(object, 'annotations', name);
}

/** The text of a label. */
export function labelOf(object: Value | undefined, name: string): string | undefined {
  return textIn(object, 'labels', name);
}

function textIn(object: Value | undefined, field: string, name: string): string | undefined {
  const metadata = isMap(object) ? object.get('metadata') : undefined;
  const map = isMap(metadata) ? metadata.get(field) : undefined;
  const text = isMap(map) ? map.get(name) : undefined;
  return typeof text === 'string' ? text : undefined;
}
