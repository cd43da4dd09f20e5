import type { Value } from '@sluice/manifests';
import type { Json } from '../transport/kube-object.js';

/** JSON of a cluster in the form in which plans are made. */
export function valueOf(json: Json): Value {
  if (Array.isArray(json)) return json.map((item: Json) => valueOf(item));
  if (typeof json !== 'object' || json === null) return json;
  return new Map(Object.entries(json).flatMap(([key, item]) => (item === undefined ? [] : [[key, valueOf(item)] as const])));
}
