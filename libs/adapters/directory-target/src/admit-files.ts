import { printableLine } from '@sluice/kernel';
import type { DesiredFile } from '@sluice/sync';
import { parentFolders } from './parent-folders.js';

export interface RefusedFile {
  readonly path: string;
  readonly message: string;
}

const KINDS: Readonly<Record<string, string>> = { '120000': 'a symbolic link', '160000': 'a submodule' };
const MAX_NAME_BYTES = 255;
const MAX_PATH_BYTES = 4_000;

/** Pure: which files of a commit may be written into a folder, and why the others may not. */
export function admitFiles(files: readonly DesiredFile[]): { readonly admitted: readonly DesiredFile[]; readonly refused: readonly RefusedFile[] } {
  const problems = new Map<string, string>();
  for (const file of files) {
    const problem = pathProblem(file.path) ?? modeProblem(file.mode);
    if (problem) problems.set(file.path, problem);
  }
  for (const [path, problem] of collisions(files.filter((file) => !problems.has(file.path)).map((file) => file.path))) problems.set(path, problem);
  return {
    admitted: files.filter((file) => !problems.has(file.path)),
    refused: [...problems].map(([path, message]) => ({ path, message })),
  };
}

function modeProblem(mode: string): string | undefined {
  if (mode === '100644' || mode === '100755') return undefined;
  return `${KINDS[mode] ?? `an entry of mode ${mode}`} is not applied: put a regular file in its place`;
}

function pathProblem(path: string): string | undefined {
  if (path.includes('\0')) return 'a NUL character in a path';
  if (path === '' || path.startsWith('/')) return 'not a relative path';
  if (path.includes('\ufffd')) return 'a name that is not UTF-8';
  const segments = path.split('/');
  if (segments.some((segment) => segment === '' || segment === '.' || segment === '..')) return 'a path with an empty, `.` or `..` segment';
  if (Buffer.byteLength(path) > MAX_PATH_BYTES || segments.some((segment) => Buffer.byteLength(segment) > MAX_NAME_BYTES)) return 'a name that is too long for a file system';
  return segments.some((segment) => segment.toLowerCase() === '.git') ? 'a path through `.git`' : undefined;
}

/** Paths of which two (or folders of theirs) are one name on a file system that ignores case or the form of accents; both are named. */
function collisions(paths: readonly string[]): Map<string, string> {
  const forms = new Map<string, Set<string>>();
  for (const prefix of [...paths, ...parentFolders(paths)]) forms.set(folded(prefix), (forms.get(folded(prefix)) ?? new Set()).add(prefix));
  const doubled = new Map([...forms].filter(([, spellings]) => spellings.size > 1));
  const problems = new Map<string, string>();
  if (doubled.size === 0) return problems;
  for (const path of paths) {
    const spellings = prefixesOf(path).flatMap((prefix) => [...(doubled.get(folded(prefix)) ?? [])]);
    if (spellings.length > 0) problems.set(path, `${[...new Set(spellings)].sort().map((name) => printableLine(name)).join(' and ')} differ only in case: rename one`);
  }
  return problems;
}

function folded(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

function prefixesOf(path: string): string[] {
  return [path, ...parentFolders([path])];
}
