import { TooLarge, printableLine } from '@sluice/kernel';
import type { CommitSha } from '@sluice/kernel';
import { mayRender } from '@sluice/manifests';
import type { FileVersion, RenderRoot } from '@sluice/manifests';
import { compileSelection } from '@sluice/pipeline';
import type { Application } from '@sluice/pipeline';
import { hashOf } from '@sluice/promotion';
import type { ManifestRenderer, Mirror, Rendered, TreeEntry, UntrustedReader } from '../ports/index.js';
import { readVersion } from './read-version.js';
import { wholeSelection } from './selections.js';

const MAX_FILES = 2_000;
const MAX_BYTES = 24 * 1_048_576;
const MAX_ROOTS = 20;

type Files = ReadonlyMap<string, FileVersion>;

export interface ShowPorts {
  readonly reader: UntrustedReader;
  readonly renderer: ManifestRenderer;
}

/** A change of an application in a target, by the files that differ. */
export interface ShownVersions {
  readonly application: Pick<Application, 'paths' | 'uses'>;
  /** The target as it is, and as it would be. */
  readonly onto: CommitSha;
  readonly head: CommitSha;
  readonly before: ReadonlyMap<string, FileVersion>;
  readonly after: ReadonlyMap<string, FileVersion>;
}

export interface RenderedVersions {
  readonly before: Files;
  readonly after: Files;
  readonly notes: readonly string[];
}

/** Both versions of what differs, with each root that is not the same in both as what it renders to, in place of the files that it is made of. */
export async function renderChanges(ports: ShowPorts, mirror: Mirror, versions: ShownVersions): Promise<RenderedVersions> {
  const asTheyAre = { before: versions.before, after: versions.after, notes: [] };
  const selection = { include: [...versions.application.paths, ...versions.application.uses], exclude: ['.sluice/**', 'sluice.yaml'] };
  const entries = await Promise.all([versions.onto, versions.head].map((commit: CommitSha) => mirror.list(commit, selection)));
  if (!entries.some((side) => mayRender(side.map(({ path }) => path)))) return asTheyAre;
  const sides = await readSides(ports, mirror, entries, compileSelection(wholeSelection(versions.application)).matches);
  if (typeof sides === 'string') return { ...asTheyAre, notes: [`the diff is of files: ${sides}`] };
  const rendering = new Rendering(ports, sides);
  for (const folder of rendering.changed().slice(0, MAX_ROOTS)) await rendering.render(folder);
  if (rendering.changed().length > MAX_ROOTS) rendering.notes.push(`only the first ${MAX_ROOTS} of ${rendering.changed().length} that changed are rendered`);
  return rendering.inPlaceOf(versions);
}

interface Side {
  readonly files: Files;
  readonly roots: ReadonlyMap<string, RenderRoot>;
  readonly keys: ReadonlyMap<string, string>;
}

type IsOwn = (path: string) => boolean;

async function readSides(ports: ShowPorts, mirror: Mirror, entries: readonly (readonly TreeEntry[])[], isOwn: IsOwn): Promise<readonly [Side, Side] | string> {
  const [before, after] = [await readSide(ports, mirror, entries[0] ?? [], isOwn), await readSide(ports, mirror, entries[1] ?? [], isOwn)];
  if (typeof before === 'string') return before;
  return typeof after === 'string' ? after : [before, after];
}

async function readSide({ reader }: ShowPorts, mirror: Mirror, entries: readonly TreeEntry[], isOwn: IsOwn): Promise<Side | string> {
  if (entries.length > MAX_FILES) return `the application has ${entries.length} files, and what has more than ${MAX_FILES} is not rendered`;
  const files = new Map<string, FileVersion>();
  const budget = { left: MAX_BYTES };
  try {
    for (const entry of entries) {
      const file = await readVersion(mirror, entry, budget);
      if (file) files.set(entry.path, file);
    }
  } catch (error) {
    if (error instanceof TooLarge) return `the application has more than ${MAX_BYTES / 1_048_576} MiB, or a file that is too large to be read`;
    throw error;
  }
  const found = await reader.findRoots(files);
  if ('kind' in found) return found.message;
  // what the application only uses is another one's to show
  const roots = found.filter(({ file }) => isOwn(file));
  return { files, roots: new Map(roots.map((root) => [idOf(root), root])), keys: new Map(roots.map((root) => [idOf(root), hashOf(entries.filter(({ path }) => isCovered(root, path)).map(({ path, mode, sha }) => [path, mode, sha]))])) };
}

/** A folder may have both a kustomization and a chart. */
function idOf({ kind, folder }: RenderRoot): string {
  return `${kind} ${folder}`;
}

function isCovered({ covers }: RenderRoot, path: string): boolean {
  return covers.some((folder) => folder === '' || path.startsWith(`${folder}/`));
}

class Rendering {
  readonly notes: string[] = [];
  private readonly done: RenderRoot[] = [];
  private readonly before = new Map<string, FileVersion>();
  private readonly after = new Map<string, FileVersion>();

  constructor(
    private readonly ports: ShowPorts,
    private readonly sides: readonly [Side, Side],
  ) {}

  /** Roots that are not made of the same files in both. */
  changed(): readonly string[] {
    const [old, now] = this.sides;
    return [...new Set([...old.roots.keys(), ...now.roots.keys()])].sort().filter((id) => old.keys.get(id) !== now.keys.get(id));
  }

  async render(id: string): Promise<void> {
    const [old, now] = this.sides.map(({ roots }) => roots.get(id));
    const root = now ?? old;
    if (!root) return;
    const program = await this.ports.renderer.program(root.kind);
    const refused = now?.refused ?? old?.refused;
    if (program === undefined) this.asFiles(root, `${root.kind} is not installed on the server`);
    else if (refused !== undefined) this.asFiles(root, refused);
    else this.take(root, program, [await this.renderIn(this.sides[0], old), await this.renderIn(this.sides[1], now)]);
  }

  /** What is rendered, and of the files that differ those that are not among it. */
  inPlaceOf({ before, after }: ShownVersions): RenderedVersions {
    const rest = (files: Files): readonly [string, FileVersion][] => [...files].filter(([path]) => !this.done.some((root) => isCovered(root, path)));
    return { before: new Map([...rest(before), ...this.before]), after: new Map([...rest(after), ...this.after]), notes: this.notes };
  }

  private async renderIn({ files }: Side, root: RenderRoot | undefined): Promise<Rendered | undefined> {
    return root && this.ports.renderer.render(root, new Map([...files].filter(([path]) => isCovered(root, path))));
  }

  private take(root: RenderRoot, program: string, [was, is]: readonly [Rendered | undefined, Rendered | undefined]): void {
    const failure = failureOf(is, 'it does not render') ?? failureOf(was, 'what is there now does not render');
    if (failure !== undefined) return this.asFiles(root, failure);
    if (was?.kind === 'rendered') this.before.set(root.file, { mode: '100644', bytes: was.text });
    if (is?.kind === 'rendered') this.after.set(root.file, { mode: '100644', bytes: is.text });
    this.done.push(...this.sides.flatMap(({ roots }) => roots.get(idOf(root)) ?? []));
    this.notes.push(printableLine(`${nameOf(root)}: rendered by ${program}${isSame(was, is) ? ', which comes to the same objects as before' : ''}`, 400));
  }

  private asFiles(root: RenderRoot, why: string): void {
    this.notes.push(printableLine(`${nameOf(root)}: the diff is of files, because ${why}`, 1_200));
  }
}

function failureOf(rendered: Rendered | undefined, what: string): string | undefined {
  return rendered?.kind === 'failed' ? `${what}: ${rendered.message}` : undefined;
}

function isSame(was: Rendered | undefined, is: Rendered | undefined): boolean {
  return was?.kind === 'rendered' && is?.kind === 'rendered' && Buffer.compare(was.text, is.text) === 0;
}

function nameOf({ folder }: RenderRoot): string {
  return folder === '' ? 'the top folder' : folder;
}
