import type { FileVersion } from '@sluice/manifests';
import type { WireFile, Work } from './messages.js';

/** The size of the untrusted content in some work, in bytes (of texts: in UTF-16 code units, of which each is at least one byte). */
export function sizeOf(work: Work): number {
  if (work.kind === 'pipeline') return work.text.length;
  return versionsOf(work).reduce((sum, version) => sum + version.bytes.byteLength, 0);
}

/**
 * The work with bytes of its own, and the buffers to hand over with it. A buffer of the caller must neither be taken away nor be copied whole, of which a small
 * part may be the file.
 */
export function detach(work: Work): { readonly work: Work; readonly buffers: ArrayBuffer[] } {
  const buffers: ArrayBuffer[] = [];
  const own = (version: FileVersion): FileVersion => {
    const bytes = new Uint8Array(version.bytes);
    buffers.push(bytes.buffer);
    return { mode: version.mode, bytes };
  };
  const ownAll = (files: ReadonlyMap<string, FileVersion>): ReadonlyMap<string, FileVersion> => new Map([...files].map(([path, version]) => [path, own(version)]));
  if (work.kind === 'pipeline') return { work, buffers };
  if (work.kind !== 'compose') return { work: { ...work, before: ownAll(work.before), after: ownAll(work.after) }, buffers };
  return { work: { ...work, files: work.files.map((file) => ownSides(file, own)) }, buffers };
}

function ownSides({ base, source, target, ...file }: WireFile, own: (version: FileVersion) => FileVersion): WireFile {
  return { ...file, ...(base && { base: own(base) }), ...(source && { source: own(source) }), ...(target && { target: own(target) }) };
}

function versionsOf(work: Exclude<Work, { kind: 'pipeline' }>): readonly FileVersion[] {
  if (work.kind !== 'compose') return [...work.before.values(), ...work.after.values()];
  return work.files.flatMap(({ base, source, target, resolved }) => [base, source, target, resolved?.base, resolved?.source, resolved?.target, resolved?.answer].filter((version) => version !== undefined));
}
