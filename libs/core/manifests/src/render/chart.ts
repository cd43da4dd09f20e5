import type { FileVersion } from '../model.js';
import { textOf } from '../compose/file-version.js';
import { isBelow } from './paths.js';

/** A library has nothing of its own to show. */
export function isLibraryChart(text: string): boolean {
  return /^type:\s*["']?library["']?\s*(#.*)?$/m.test(text);
}

/** Why a chart must not be rendered: what in it would ask the network, or cannot be looked into. */
export function chartRefusal(folder: string, files: ReadonlyMap<string, FileVersion>): string | undefined {
  for (const [path, file] of files) {
    if (!isBelow(path, folder)) continue;
    if (/\.(tgz|tar\.gz)$/.test(path)) return `${path} is packed: unpack it to have it rendered`;
    const text = /\.(tpl|ya?ml|json|txt)$/.test(path) ? (textOf(file) ?? '') : '';
    // helm before 3.11 asks the name server
    if (/\bgetHostByName\b/.test(text)) return `${path} asks for the address of a host`;
    if (path.endsWith('values.schema.json') && /"\$ref"\s*:\s*"(?!#)/.test(text)) return `${path} refers to another schema`;
  }
  return undefined;
}
