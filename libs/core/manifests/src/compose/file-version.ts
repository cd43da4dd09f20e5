import type { FileVersion } from '../model.js';

const STRUCTURED = /\.(ya?ml|json)$|(^|\/)Kustomization$/i;
const REGULAR = ['100644', '100755'];

/** True for files that are read as YAML or JSON. */
export function isStructured(path: string): boolean {
  return STRUCTURED.test(path);
}

/** True for links and submodules: their content is not the file's. */
export function isSpecial(file: FileVersion | undefined): boolean {
  return file !== undefined && !REGULAR.includes(file.mode);
}

export function sameFile(a: FileVersion | undefined, b: FileVersion | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.mode === b.mode && sameBytes(a.bytes, b.bytes);
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** The file's text; `undefined` for binaries: a NUL byte, or bytes that are no UTF-8. A byte order mark is kept. */
export function textOf(file: FileVersion): string | undefined {
  if (file.bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file.bytes);
  } catch {
    return undefined;
  }
}

export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The mode that the source gave the file, or else the target's: a regular file has one of two, so that both cannot change it differently. */
export function mergeModes(base: string | undefined, source: string, target: string): string {
  return source === base ? target : source;
}
