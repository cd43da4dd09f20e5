import { kindOf, objectsOf } from '@sluice/manifests';
import type { FileVersion, Value, ValueMap } from '@sluice/manifests';

export interface ImagesResult {
  /** Each once, with the first object that runs it; in the order of the files. */
  readonly images: readonly { readonly image: string; readonly usedBy: string }[];
  /** Files that nobody can read: there may be an image in them. */
  readonly unreadable: readonly string[];
}

const CONTAINER_LISTS = ['containers', 'initContainers', 'ephemeralContainers'];

/** Every image that the objects run: of the containers of Pods and of whatever holds a Pod template, and of image volumes. */
export function findImages(files: ReadonlyMap<string, FileVersion>): ImagesResult {
  const { objects, unreadable } = objectsOf(files);
  const usedBy = new Map<string, string>();
  for (const { path, kind, object, value } of objects) {
    if (kindOf(value) === undefined) continue;
    const name = `${kind ?? ''} ${object?.name ?? path}`;
    for (const image of imagesIn(value)) if (!usedBy.has(image)) usedBy.set(image, name);
  }
  return { images: [...usedBy].map(([image, user]) => ({ image, usedBy: user })), unreadable };
}

// kinds that somebody has defined hold Pod templates, too: they are known by their lists of containers
function imagesIn(value: Value): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item: Value) => imagesIn(item));
  if (!(value instanceof Map)) return [];
  return [...(value as ValueMap)].flatMap(([key, item]) => [...listed(key, item), ...imagesIn(item)]);
}

function listed(key: string, value: Value): readonly string[] {
  if (!Array.isArray(value)) return [];
  if (CONTAINER_LISTS.includes(key)) return value.flatMap((item: Value) => textAt(item, 'image'));
  return key === 'volumes' ? value.flatMap((item: Value) => (item instanceof Map ? textAt((item as ValueMap).get('image'), 'reference') : [])) : [];
}

function textAt(value: Value | undefined, key: string): readonly string[] {
  const text = value instanceof Map ? (value as ValueMap).get(key) : undefined;
  return typeof text === 'string' && text !== '' ? [text] : [];
}
