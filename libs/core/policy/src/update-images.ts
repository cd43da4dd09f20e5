import { editDocuments, isKustomization, kindOf } from '@sluice/manifests';
import type { FileVersion, Value, ValueMap } from '@sluice/manifests';
import { canonicalName, imageParts } from './image-name.js';
import type { ImageParts } from './image-name.js';
import { judgeImage } from './judge-image.js';
import type { WantedImage } from './judge-image.js';

/** One place where a manifest names an image. */
interface ImagePlace {
  readonly path: string;
  /** As it was wanted. */
  readonly image: string;
}

export interface ImagesUpdate {
  /** The files that change. */
  readonly edits: readonly { readonly path: string; readonly file: FileVersion }[];
  readonly changes: readonly (ImagePlace & { readonly from: string; readonly to: string })[];
  /** Places that somebody has given another tag than the policy follows. */
  readonly left: readonly (ImagePlace & { readonly reason: string })[];
  /** Wanted images that some file names. */
  readonly named: readonly string[];
  readonly unreadable: readonly { readonly path: string; readonly message: string }[];
}

const CONTAINER_LISTS = ['containers', 'initContainers', 'ephemeralContainers'];

/** Puts the wanted tags (and digests) where files name the images: in Pods and Pod templates of any kind, in `images` of kustomizations, and in Helm values of the form `repository` and `tag`. Nothing else of a file changes. */
export function updateImages(files: ReadonlyMap<string, FileVersion>, wanted: readonly WantedImage[]): ImagesUpdate {
  const result = { edits: [] as ImagesUpdate['edits'][number][], changes: [] as ImagesUpdate['changes'][number][], left: [] as ImagesUpdate['left'][number][], named: new Set<string>(), unreadable: [] as ImagesUpdate['unreadable'][number][] };
  const byName = new Map(wanted.map((one) => [canonicalName(one.image), one]));
  for (const [path, file] of files) {
    const walk = new ImageWalk(path, byName);
    const outcome = editDocuments(file, (document) => walk.document(document));
    if (outcome.kind === 'unreadable') {
      result.unreadable.push({ path, message: outcome.message });
      continue;
    }
    if (outcome.kind === 'write') result.edits.push({ path, file: outcome.file });
    result.changes.push(...walk.changes);
    result.left.push(...walk.left);
    for (const name of walk.named) result.named.add(name);
  }
  return { ...result, named: [...result.named] };
}

class ImageWalk {
  readonly changes: ImagesUpdate['changes'][number][] = [];
  readonly left: ImagesUpdate['left'][number][] = [];
  readonly named = new Set<string>();

  constructor(
    private readonly path: string,
    private readonly wanted: ReadonlyMap<string, WantedImage>,
  ) {}

  document(value: Value): Value {
    if (isKustomization(this.path, value)) return changed(value, 'images', (images) => items(images, (item) => this.ofKustomization(item)));
    return kindOf(value) === undefined ? this.inValues(value) : this.inObject(value);
  }

  // kinds that somebody has defined hold Pod templates, too: they are known by their lists of containers
  private inObject(value: Value): Value {
    if (Array.isArray(value)) return items(value, (item) => this.inObject(item));
    if (!(value instanceof Map)) return value;
    return entries(value as ValueMap, (key, item) => {
      if (CONTAINER_LISTS.includes(key)) return items(item, (container) => changed(this.inObject(container), 'image', (image) => this.reference(image)));
      if (key === 'volumes') return items(item, (volume) => changed(volume, 'image', (image) => changed(image, 'reference', (text) => this.reference(text))));
      return this.inObject(item);
    });
  }

  private inValues(value: Value): Value {
    if (Array.isArray(value)) return items(value, (item) => this.inValues(item));
    if (!(value instanceof Map)) return value;
    return this.ofValues(entries(value as ValueMap, (_, item) => this.inValues(item)));
  }

  /** `image: registry.example.org/shop/checkout:1.0`. */
  private reference(value: Value): Value {
    const current = typeof value === 'string' ? imageParts(value) : undefined;
    const next = current && this.decide(current);
    return next ? `${current.name}:${next.tag}${next.digest === undefined ? '' : `@${next.digest}`}` : value;
  }

  /** `{ name, newName?, newTag?, digest? }`. */
  private ofKustomization(value: Value): Value {
    if (!(value instanceof Map)) return value;
    const map = value as ValueMap;
    const next = this.decide(partsOf(textAt(map, 'newName') ?? textAt(map, 'name'), textAt(map, 'newTag'), textAt(map, 'digest')));
    if (!next) return value;
    const kept = new Map([...map].filter(([key]) => key !== 'digest' || next.digest !== undefined));
    return new Map<string, Value>([...kept, ['newTag', next.tag], ...digestEntry(next)]);
  }

  /** `{ registry?, repository, tag, digest? }`, as charts have it. */
  private ofValues(value: Value): Value {
    const map = value as ValueMap;
    const next = this.decide(partsOfValues(map));
    if (!next) return value;
    const separate = map.has('digest');
    const text = next.digest === undefined || separate ? next.tag : `${next.tag}@${next.digest}`;
    return new Map<string, Value>([...map, ['tag', text], ...(separate ? [['digest', next.digest ?? ''] as const] : [])]);
  }

  private decide(current: ImageParts | undefined): Pick<WantedImage, 'tag' | 'digest'> | undefined {
    const wanted = current && this.wanted.get(canonicalName(current.name));
    if (!wanted) return undefined;
    const place = { path: this.path, image: wanted.image };
    this.named.add(wanted.image);
    const judgement = judgeImage(wanted, current);
    if (judgement.kind === 'left') this.left.push({ ...place, reason: judgement.reason });
    if (judgement.kind !== 'update') return undefined;
    this.changes.push({ ...place, from: sayVersion(current), to: sayVersion(wanted) });
    return wanted;
  }
}

function partsOf(name: string | undefined, tag: string | undefined, digest: string | undefined): ImageParts | undefined {
  return name === undefined ? undefined : imageParts(`${name}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`);
}

function partsOfValues(map: ValueMap): ImageParts | undefined {
  const [repository, tag] = [textAt(map, 'repository'), textAt(map, 'tag')];
  if (repository === undefined || tag === undefined) return undefined;
  const [plain, inTag] = tag.split('@', 2);
  const registry = filled(textAt(map, 'registry'));
  return partsOf(registry === undefined ? repository : `${registry}/${repository}`, plain, filled(textAt(map, 'digest')) ?? inTag);
}

function filled(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function sayVersion({ tag = '', digest }: Omit<ImageParts, 'name'>): string {
  return digest === undefined ? tag : `${tag}@${digest}`;
}

function digestEntry({ digest }: Pick<WantedImage, 'digest'>): readonly (readonly [string, Value])[] {
  return digest === undefined ? [] : [['digest', digest]];
}

function textAt(map: ValueMap, key: string): string | undefined {
  const text = map.get(key);
  return typeof text === 'string' ? text : undefined;
}

/** The same map when the value at the key stays, or there is none. */
function changed(value: Value, key: string, change: (value: Value) => Value): Value {
  if (!(value instanceof Map)) return value;
  const map = value as ValueMap;
  const before = map.get(key);
  const after = before === undefined ? undefined : change(before);
  return after === undefined || after === before ? value : new Map([...map, [key, after]]);
}

function items(value: Value, change: (item: Value) => Value): Value {
  if (!Array.isArray(value)) return value;
  const after = value.map((item: Value) => change(item));
  return after.every((item, index) => item === value[index]) ? value : after;
}

function entries(map: ValueMap, change: (key: string, value: Value) => Value): Value {
  const after = new Map([...map].map(([key, value]) => [key, change(key, value)]));
  return [...after].every(([key, value]) => map.get(key) === value) ? map : after;
}
