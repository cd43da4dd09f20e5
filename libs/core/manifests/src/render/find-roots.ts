import type { FileVersion } from '../model.js';
import { isSpecial, textOf } from '../compose/file-version.js';
import { chartRefusal, isLibraryChart } from './chart.js';
import { readKustomization, type Kustomization } from './kustomization.js';
import { folderOf, isBelow } from './paths.js';

/** A folder that a program makes objects of. */
export interface RenderRoot {
  /** Empty: the top. */
  readonly folder: string;
  readonly kind: 'kustomize' | 'helm';
  /** The file that makes it one. */
  readonly file: string;
  /** Folders whose files it is made of, itself first. */
  readonly covers: readonly string[];
  /** Why it must not be rendered: it names what is not here, or what would be run or fetched. */
  readonly refused?: string;
}

/** The names that kustomize looks for. */
const KUSTOMIZATION = /(^|\/)(kustomization\.ya?ml|Kustomization)$/;
const CHART = /(^|\/)Chart\.yaml$/;

/** Whether there may be something to render among these paths. */
export function mayRender(paths: readonly string[]): boolean {
  return paths.some((path) => KUSTOMIZATION.test(path) || CHART.test(path));
}

/**
 * The folders among some files that are rendered: each with a kustomization that no other one builds on, and each Helm chart that is in no other chart's `charts`. Only names of files that are there are
 * followed: a program that is run on a root without `refused` finds everything that it looks for, and has nothing to fetch.
 */
export function findRoots(files: ReadonlyMap<string, FileVersion>): readonly RenderRoot[] {
  const plain = new Map([...files].filter(([, file]) => !isSpecial(file)));
  return [...kustomizeRoots(plain), ...helmRoots(plain)].sort((one, other) => (one.folder < other.folder ? -1 : Number(one.folder > other.folder)));
}

function kustomizeRoots(files: ReadonlyMap<string, FileVersion>): readonly RenderRoot[] {
  const paths = [...files.keys()].filter((path) => KUSTOMIZATION.test(path));
  const folders = new Set(paths.map(folderOf));
  const read = new Map<string, Kustomization>();
  for (const path of paths) {
    const file = files.get(path);
    if (file) read.set(folderOf(path), readKustomization(file, folderOf(path), { files, folders }));
  }
  const built = new Set([...read.values()].flatMap(({ folders: named }) => named));
  const charts = [...files.keys()].filter((path) => CHART.test(path)).map(folderOf);
  return paths.filter((path) => !built.has(folderOf(path)) && !charts.some((chart) => isBelow(folderOf(path), chart))).map((path) => kustomizeRoot(path, read));
}

function kustomizeRoot(file: string, read: ReadonlyMap<string, Kustomization>): RenderRoot {
  const folder = folderOf(file);
  const covers = new Set<string>();
  const left = [folder];
  let refused: string | undefined;
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const found = read.get(next);
    if (covers.has(next) || !found) continue;
    covers.add(next);
    refused ??= found.refused;
    left.push(...found.folders);
  }
  return { folder, kind: 'kustomize', file, covers: [...covers], ...(refused !== undefined && { refused }) };
}

function helmRoots(files: ReadonlyMap<string, FileVersion>): readonly RenderRoot[] {
  const charts = [...files.keys()].filter((path) => CHART.test(path)).sort();
  const folders = charts.map(folderOf);
  const outer = charts.filter((path) => !folders.some((other) => isBelow(folderOf(path), other === '' ? 'charts' : `${other}/charts`)));
  return outer.flatMap((file): readonly RenderRoot[] => {
    const chart = files.get(file);
    const text = chart && textOf(chart);
    if (text !== undefined && isLibraryChart(text)) return [];
    const folder = folderOf(file);
    const refused = text === undefined ? `${file} is no text` : chartRefusal(folder, files);
    return [{ folder, kind: 'helm', file, covers: [folder], ...(refused !== undefined && { refused }) }];
  });
}
