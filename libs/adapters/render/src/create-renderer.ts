import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { printableLine } from '@sluice/kernel';
import type { FileVersion, RenderRoot } from '@sluice/manifests';
import type { ManifestRenderer, Rendered } from '@sluice/usecases';
import { findHelm, findKustomize, type Program } from './find-program.js';
import { runProgram, type ProgramResult } from './run-program.js';
import { writeFiles } from './write-files.js';

export interface RendererOptions {
  /** Where programs are looked for. Default: PATH. */
  readonly searchPath?: string;
  /** Milliseconds for one root. Default 10 s. */
  readonly deadline?: number;
  /** Bytes of what a root renders to. Default 8 MiB. */
  readonly maxBytes?: number;
  /** Where the files are put for it. Default: the folder for temporary files. */
  readonly folder?: string;
  /** Programs at once. Default 2. */
  readonly atOnce?: number;
}

/** A renderer that has to be closed. */
export interface OwnedRenderer extends ManifestRenderer {
  /** Waits for what is running; nothing new is started. */
  close(): Promise<void>;
}

type Kind = RenderRoot['kind'];

const MEBIBYTE = 1_048_576;
const DEFAULTS = { deadline: 10_000, maxBytes: 8 * MEBIBYTE, folder: tmpdir(), atOnce: 2 };
const MAX_WAITING = 100;
const REMEMBERED_BYTES = 64 * MEBIBYTE;

/** Runs the kustomize and Helm of this machine. See {@link ManifestRenderer}. */
export function createRenderer(options: RendererOptions = {}): OwnedRenderer {
  return new ProgramRenderer({ ...DEFAULTS, searchPath: process.env['PATH'] ?? '', ...options });
}

class ProgramRenderer implements OwnedRenderer {
  private readonly programs = new Map<Kind, Promise<Program | undefined>>();
  private readonly known = new Map<string, { readonly rendering: Promise<Rendered>; bytes: number }>();
  private readonly waiting: (() => void)[] = [];
  private running = 0;
  private closed = false;
  private closing: (() => void) | undefined;

  constructor(private readonly options: Required<RendererOptions>) {}

  async program(kind: Kind): Promise<string | undefined> {
    return (await this.find(kind))?.name;
  }

  async render(root: RenderRoot, files: ReadonlyMap<string, FileVersion>): Promise<Rendered> {
    if (root.refused !== undefined) return failed(root.refused);
    const program = await this.find(root.kind);
    if (!program) return failed(`${root.kind} is not installed`);
    const key = keyOf(program, root, files);
    const known = this.known.get(key);
    if (known) return known.rendering;
    const entry = { rendering: this.inTurn(() => this.run(program, root, files)), bytes: 0 };
    this.known.set(key, entry);
    const rendered = await entry.rendering.catch((error: unknown) => {
      this.known.delete(key);
      throw error;
    });
    // what is too slow today may be fast enough tomorrow
    if (rendered.kind === 'failed') this.known.delete(key);
    else entry.bytes = rendered.text.length;
    this.forget();
    return rendered;
  }

  async close(): Promise<void> {
    this.closed = true;
    if (this.running > 0) await new Promise<void>((done) => (this.closing = done));
  }

  private find(kind: Kind): Promise<Program | undefined> {
    const { searchPath } = this.options;
    const finding = this.programs.get(kind) ?? (kind === 'helm' ? findHelm(searchPath) : findKustomize(searchPath));
    this.programs.set(kind, finding);
    return finding;
  }

  private async inTurn(work: () => Promise<Rendered>): Promise<Rendered> {
    if (this.closed || this.waiting.length >= MAX_WAITING) return failed('too much is being rendered');
    if (this.running >= this.options.atOnce) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    try {
      return this.closed ? failed('the server is ending') : await work();
    } finally {
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
      if (this.running === 0) this.closing?.();
    }
  }

  private async run(program: Program, root: RenderRoot, files: ReadonlyMap<string, FileVersion>): Promise<Rendered> {
    const place = await realpath(await mkdtemp(join(this.options.folder, 'sluice-render-')));
    try {
      const tree = join(place, 'tree');
      await mkdir(join(place, 'home'));
      await mkdir(tree);
      await writeFiles(tree, files);
      const { deadline, maxBytes } = this.options;
      const result = await runProgram({ program: program.path, args: argumentsFor(program, root, tree), folder: join(place, 'home'), deadline, maxBytes });
      return this.judge(result, place);
    } finally {
      await rm(place, { recursive: true, force: true, maxRetries: 5 });
    }
  }

  private judge(result: ProgramResult, place: string): Rendered {
    switch (result.kind) {
      case 'ended':
        return result.code === 0 ? { kind: 'rendered', text: result.stdout } : failed(lastLines(result.stderr, place));
      case 'deadline':
        return failed(`it takes longer than ${this.options.deadline} ms`);
      case 'too-much':
        return failed(`it comes to more than ${this.options.maxBytes} bytes`);
      case 'not-started':
        return failed('the program could not be started');
    }
  }

  /** The oldest go first. */
  private forget(): void {
    let bytes = [...this.known.values()].reduce((sum, entry) => sum + entry.bytes, 0);
    for (const [key, entry] of this.known) {
      if (bytes <= REMEMBERED_BYTES) return;
      bytes -= entry.bytes;
      this.known.delete(key);
    }
  }
}

function argumentsFor({ isKubectl }: Program, { kind, folder }: RenderRoot, tree: string): readonly string[] {
  const path = join(tree, folder);
  if (kind === 'helm') return ['template', releaseOf(folder), path, '--namespace', 'default'];
  return isKubectl ? ['kustomize', path] : ['build', path];
}

/** Helm wants a name; the folder's, as far as it is one. */
function releaseOf(folder: string): string {
  const name = basename(folder).toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 50);
  return name === '' ? 'release' : name;
}

function failed(message: string): Rendered {
  return { kind: 'failed', message };
}

const LAST = 3;

/** What it says at its end, without where on this machine the files were. */
function lastLines(stderr: string, place: string): string {
  const lines = stderr.replaceAll(`${place}/tree/`, '').replaceAll(place, '').split('\n').map((line) => line.trim()).filter((line) => line !== '');
  return printableLine(lines.slice(-LAST).join(' · ') || 'the program failed and said nothing', 1_000);
}

function keyOf(program: Program, root: RenderRoot, files: ReadonlyMap<string, FileVersion>): string {
  const hash = createHash('sha256').update(JSON.stringify([program.path, program.name, root.kind, root.folder]));
  for (const path of [...files.keys()].sort()) {
    const file = files.get(path);
    if (file) hash.update(JSON.stringify([path, file.mode, file.bytes.length])).update(file.bytes);
  }
  return hash.digest('hex');
}
