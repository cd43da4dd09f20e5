import { printableLine } from '@sluice/kernel';
import { ANY_ITEM, type FieldPath } from './model.js';

const MAX_SEGMENTS = 32;
const KEY = /^[^.[\]"*\s\\]+/;
const QUOTED = /^\["(?:[^"\\]|\\.)*"\]/;

export type FieldPathResult = { readonly ok: true; readonly path: FieldPath } | { readonly ok: false; readonly problem: string };

/** Reads `spec.template.spec.containers[*].image` or `metadata.annotations["a.b/c"]`. `[*]` is every item of a list or every value of a map. */
export function parseFieldPath(text: string): FieldPathResult {
  const path: string[] = [];
  let rest = text;
  while (rest !== '') {
    const step = readStep(rest, path.length === 0);
    if (typeof step === 'string') return { ok: false, problem: step };
    path.push(step.segment);
    rest = rest.slice(step.length);
    if (path.length > MAX_SEGMENTS) return { ok: false, problem: `has more than ${MAX_SEGMENTS} parts` };
  }
  return path.length === 0 ? { ok: false, problem: 'is empty; write for instance "spec.replicas"' } : { ok: true, path };
}

/** The text that {@link parseFieldPath} reads back. */
export function formatFieldPath(path: FieldPath): string {
  return path.reduce((text, segment) => {
    if (segment === ANY_ITEM) return `${text}[*]`;
    if (KEY.exec(segment)?.[0] !== segment) return `${text}[${JSON.stringify(segment)}]`;
    return text === '' ? segment : `${text}.${segment}`;
  }, '');
}

interface Step {
  readonly segment: string;
  readonly length: number;
}

function readStep(rest: string, first: boolean): Step | string {
  if (rest.startsWith('[')) return readBracket(rest);
  const dot = first ? 0 : 1;
  if (!first && !rest.startsWith('.')) return `"." or "[" is expected before ${shown(rest)}`;
  const key = KEY.exec(rest.slice(dot))?.[0];
  if (key !== undefined) return { segment: key, length: key.length + dot };
  if (rest.startsWith('*', dot)) return 'write "[*]" for every item or value, as in "spec.containers[*].image"';
  return rest.length === dot ? 'ends with "."' : `a key is expected at ${shown(rest)}; write other keys as ["a.b/c"]`;
}

function readBracket(rest: string): Step | string {
  if (rest.startsWith('[*]')) return { segment: ANY_ITEM, length: 3 };
  const quoted = QUOTED.exec(rest)?.[0];
  if (quoted === undefined) return `${shown(rest)} is not understood; write "[*]" for every item, or ["a.b/c"] for a key (single items of a list cannot be owned)`;
  const segment = unquote(quoted.slice(1, -1));
  if (segment === undefined || segment === '') return `${shown(quoted)} is not a key in double quotes`;
  return segment === ANY_ITEM ? 'the key "*" cannot be named' : { segment, length: quoted.length };
}

function unquote(text: string): string | undefined {
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}

function shown(text: string): string {
  return `"${printableLine(text, 40)}"`;
}
