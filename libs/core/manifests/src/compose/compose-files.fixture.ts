import type { ComposeFileInput, OwnedField } from '../model.js';
import { composeFiles } from './compose-files.js';
import { file } from './compose.fixture.js';

/** A tree: path to text. */
export type Tree = Readonly<Record<string, string>>;

export interface Trees {
  readonly base: Tree;
  readonly source: Tree;
  readonly target: Tree;
  readonly owned?: readonly OwnedField[];
}

/** The target's tree with what the source changed since the base in it, or the conflicts as `path: field`, or with the message. */
export function promoted({ base, source, target, owned = [] }: Trees): Tree | readonly string[] {
  const inputs = inputsOf({ base, source, target, owned });
  const outcomes = composeFiles(inputs);
  const conflicts = outcomes.flatMap((outcome) => (outcome.kind === 'conflict' ? outcome.conflicts.map(({ path, field, message }) => `${path}: ${field || message}`) : []));
  if (conflicts.length > 0) return conflicts;
  const result: Record<string, string> = { ...target };
  for (const [index, outcome] of outcomes.entries()) {
    const path = inputs[index]?.path ?? '';
    if (outcome.kind === 'delete') delete result[path];
    if (outcome.kind === 'write') result[path] = new TextDecoder().decode(outcome.file.bytes);
  }
  return result;
}

/** The files that differ between base and source, as a promotion hands them over. */
function inputsOf({ base, source, target, owned = [] }: Trees): ComposeFileInput[] {
  const paths = [...new Set([...Object.keys(base), ...Object.keys(source)])].filter((path) => base[path] !== source[path]).sort();
  return paths.map((path) => {
    const sides = { base: file(base[path]), source: file(source[path]), target: file(target[path]) };
    return { path, owned, ...Object.fromEntries(Object.entries(sides).filter(([, side]) => side !== undefined)) };
  });
}
