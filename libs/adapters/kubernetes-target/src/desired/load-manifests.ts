import { InvalidInput, printableLine } from '@sluice/kernel';
import { decodeDocuments, type FileVersion, findRoots, ManifestError, mayRender, type RenderRoot, type Value } from '@sluice/manifests';
import type { DesiredFile } from '@sluice/sync';
import { type PlanProblem, type ReadObject, readObjects } from '@sluice/sync-plan';
import type { ManifestRenderer } from '@sluice/usecases';

/** Makes objects of kustomizations and charts; asked for only when there is one. */
export type OpenRenderer = () => Promise<Pick<ManifestRenderer, 'render'>>;

export interface Manifests {
  readonly objects: readonly ReadObject[];
  /** What could not be read: objects may be missing. */
  readonly problems: readonly PlanProblem[];
}

const MANIFEST = /\.(ya?ml|json)$/;
const REGULAR = /^100/;
/** Together; an agent has little memory. */
const MAX_BYTES = 64 * 1024 * 1024;
const MAX_OBJECTS = 20_000;

/** The objects of a commit's files: plain manifests, and what the folders with a kustomization or a chart render to. @throws InvalidInput when it is too much; what reading the files throws */
export async function loadManifests(files: readonly DesiredFile[], renderer: OpenRenderer): Promise<Manifests> {
  const visible = files.filter(({ path }) => !path.split('/').some((segment) => segment.startsWith('.')));
  const rendered = mayRender(visible.map(({ path }) => path)) ? await render(visible, renderer) : { parts: [], covers: () => false };
  const parts = [...rendered.parts];
  const budget = { bytes: MAX_BYTES };
  for (const file of visible) {
    if (!MANIFEST.test(file.path) || rendered.covers(file.path)) continue;
    parts.push(await readFile(file, budget));
  }
  const objects = parts.flatMap((part) => part.objects);
  if (objects.length > MAX_OBJECTS) throw new InvalidInput(`the commit has ${objects.length} objects, at most ${MAX_OBJECTS} are applied by one agent: spread them over several`);
  return { objects, problems: parts.flatMap((part) => part.problems) };
}

async function readFile(file: DesiredFile, budget: { bytes: number }): Promise<Manifests> {
  if (!REGULAR.test(file.mode)) return failed(file.path, 'is a symbolic link or a submodule, which is never followed');
  const bytes = await file.read();
  spend(budget, bytes);
  return decode(file.path, bytes);
}

function spend(budget: { bytes: number }, bytes: Uint8Array): void {
  budget.bytes -= bytes.length;
  if (budget.bytes < 0) throw new InvalidInput(`the manifests have more than ${MAX_BYTES / 1024 / 1024} MiB: that is no configuration`);
}

function decode(path: string, bytes: Uint8Array): Manifests {
  let documents: readonly Value[];
  try {
    documents = decodeDocuments(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (error) {
    if (error instanceof ManifestError || error instanceof TypeError) return failed(path, error instanceof ManifestError ? error.message : 'is no UTF-8 text');
    throw error;
  }
  const read = readObjects(path, documents.filter(isManifest));
  return read.ok ? { objects: read.value, problems: [] } : { objects: [], problems: read.error };
}

/** Values of a chart, a package.json and the like say nothing of what they are, and are not meant for a cluster. */
function isManifest(document: Value): boolean {
  return !(document instanceof Map) || document.has('apiVersion') || document.has('kind');
}

function failed(path: string, why: string): Manifests {
  return { objects: [], problems: [{ path, message: printableLine(`${path}: ${why}`, 500) }] };
}

interface RenderedParts {
  readonly parts: readonly Manifests[];
  readonly covers: (path: string) => boolean;
}

async function render(files: readonly DesiredFile[], openRenderer: OpenRenderer): Promise<RenderedParts> {
  const versions = new Map<string, FileVersion>();
  const budget = { bytes: MAX_BYTES };
  for (const file of files) {
    const bytes = file.mode === '160000' ? new Uint8Array() : await file.read();
    spend(budget, bytes);
    versions.set(file.path, { mode: file.mode, bytes });
  }
  const roots = findRoots(versions);
  const renderer = await openRenderer();
  const parts: Manifests[] = [];
  for (const root of roots) parts.push(await renderRoot(renderer, root, versions));
  const folders = roots.flatMap(({ covers }) => covers);
  return { parts, covers: (path) => folders.some((folder) => folder === '' || path.startsWith(`${folder}/`)) };
}

async function renderRoot(renderer: Pick<ManifestRenderer, 'render'>, root: RenderRoot, versions: ReadonlyMap<string, FileVersion>): Promise<Manifests> {
  if (root.refused !== undefined) return failed(root.file, `is not rendered: ${root.refused}`);
  const rendered = await renderer.render(root, versions);
  if (rendered.kind === 'failed') return failed(root.file, `cannot be rendered by ${root.kind}: ${rendered.message}`);
  return decode(root.file, rendered.text);
}
