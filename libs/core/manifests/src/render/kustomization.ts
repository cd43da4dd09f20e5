import { printableLine } from '@sluice/kernel';
import { readDocuments } from '../compose/document-set.js';
import { textOf } from '../compose/file-version.js';
import { ManifestError } from '../decode/manifest-error.js';
import type { FileVersion, Value, ValueMap } from '../model.js';
import { isList, isMap } from '../value/values-equal.js';
import { resolveIn } from './paths.js';

export interface Kustomization {
  /** Folders with kustomizations that it builds on. */
  readonly folders: readonly string[];
  readonly refused?: string;
}

interface Tree {
  readonly files: ReadonlyMap<string, FileVersion>;
  /** That have a kustomization. */
  readonly folders: ReadonlySet<string>;
}

/** Fields that say what to do with what is there. */
const INERT = new Set(['apiVersion', 'kind', 'metadata', 'namespace', 'namePrefix', 'nameSuffix', 'commonLabels', 'labels', 'commonAnnotations', 'images', 'replicas', 'vars', 'generatorOptions', 'buildMetadata', 'sortOptions']);
/** Fields that list files or folders. */
const FOLDERS = new Set(['resources', 'bases', 'components']);
const FILES = new Set(['crds', 'configurations']);
/** Fields that list files, or texts in their place. */
const INLINE = new Set(['patchesStrategicMerge']);
/** Fields with entries that have a `path`. */
const WITH_PATH = new Set(['patches', 'patchesJson6902', 'replacements']);
const GENERATORS = new Set(['configMapGenerator', 'secretGenerator']);
const RUN: Readonly<Record<string, string>> = {
  generators: 'plug-ins are not run',
  transformers: 'plug-ins are not run',
  validators: 'plug-ins are not run',
  helmCharts: 'Helm charts in a kustomization are not inflated',
  helmChartInflationGenerator: 'Helm charts in a kustomization are not inflated',
};

/**
 * What a kustomization names. One that names anything but files of the tree, or has a field that is not known to be harmless, is refused: kustomize takes a name that is no file for the address of a
 * repository, and would fetch it.
 */
export function readKustomization(file: FileVersion, folder: string, tree: Tree): Kustomization {
  const reader = new Reader(folder, tree);
  const document = documentOf(file);
  if (typeof document === 'string') return { folders: [], refused: `its kustomization ${document}` };
  for (const [field, value] of document) {
    const problem = reader.read(field, value);
    if (problem !== undefined) return { folders: reader.found, refused: printableLine(`${field}: ${problem}`, 300) };
  }
  return { folders: reader.found };
}

function documentOf(file: FileVersion): ValueMap | string {
  const text = textOf(file);
  if (text === undefined) return 'is no text';
  try {
    const { documents } = readDocuments(file);
    const [only] = documents;
    if (documents.length > 1) return 'has several documents';
    return only && isMap(only.value) ? only.value : 'has no fields';
  } catch (error) {
    if (error instanceof ManifestError) return `cannot be read (${printableLine(error.message, 200)})`;
    throw error;
  }
}

class Reader {
  readonly found: string[] = [];

  constructor(
    private readonly folder: string,
    private readonly tree: Tree,
  ) {}

  /** @returns why the field is refused. */
  read(field: string, value: Value): string | undefined {
    if (value === null || INERT.has(field)) return undefined;
    if (FOLDERS.has(field)) return this.each(value, (item) => this.place(item, true));
    if (FILES.has(field)) return this.each(value, (item) => this.place(item));
    if (INLINE.has(field)) return this.each(value, (item) => (isInline(item) ? undefined : this.place(item)));
    if (WITH_PATH.has(field)) return this.each(value, (item) => this.pathOf(item));
    if (GENERATORS.has(field)) return this.each(value, (item) => this.generator(item));
    if (field === 'openapi') return this.pathOf(value);
    return RUN[field] ?? 'this field is not known';
  }

  private each(value: Value, check: (item: Value) => string | undefined): string | undefined {
    if (!isList(value)) return 'is no list';
    for (const item of value) {
      const problem = check(item);
      if (problem !== undefined) return problem;
    }
    return undefined;
  }

  private pathOf(item: Value): string | undefined {
    if (!isMap(item)) return 'has an entry without fields';
    const path = item.get('path');
    return path === undefined || path === null ? undefined : this.place(path);
  }

  private generator(item: Value): string | undefined {
    if (!isMap(item)) return 'has an entry without fields';
    for (const field of ['files', 'envs']) {
      const value = item.get(field);
      const problem = value === undefined || value === null ? undefined : this.each(value, (entry) => this.place(typeof entry === 'string' ? entry.slice(entry.indexOf('=') + 1) : entry));
      if (problem !== undefined) return problem;
    }
    const env = item.get('env');
    return env === undefined || env === null ? undefined : this.place(env);
  }

  private place(item: Value, orFolder = false): string | undefined {
    if (typeof item !== 'string' || item === '') return 'has an entry that is no name of a file';
    if (looksRemote(item)) return `${item} is not in the repository, and nothing is fetched`;
    const path = item.startsWith('/') ? undefined : resolveIn(this.folder, item);
    if (path === undefined) return `${item} leads out of the repository`;
    if (this.tree.files.has(path)) return undefined;
    if (!orFolder || !this.tree.folders.has(path)) return `${item} is neither in the application's paths nor in what it uses`;
    this.found.push(path);
    return undefined;
  }
}

/** A patch in place of the name of a file. */
function isInline(item: Value): boolean {
  return typeof item === 'string' && (item.startsWith('{') || (item.includes('\n') && /^[\w".-]+:( |\n)|^(#|---|- )/.test(item)));
}

const ADDRESS = /^[\w+.-]+:|^[\w.-]+@|\?|\/\/|\.git(\/|$)|_git\//;
const HOST = /^[a-z0-9-]+(\.[a-z0-9-]+)+\//i;

/** kustomize looks for an address before it looks for a file. */
function looksRemote(text: string): boolean {
  return ADDRESS.test(text) || HOST.test(text);
}
