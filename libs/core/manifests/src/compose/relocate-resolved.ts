import type { ComposeFileInput } from '../model.js';
import { UnsupportedEdit } from '../layout/unsupported-edit.js';
import { findMoves } from './find-moves.js';
import { planMoves } from './plan-moves.js';
import { relocateObjects, type Relocating } from './relocate-objects.js';

/**
 * The files with the three versions that conflicts were resolved for as composing saw them then: an object that one side had moved stood in one file on all of them, which is where somebody has resolved it. Where that
 * cannot be told again, nothing counts as resolved.
 */
export function relocateResolved(inputs: readonly ComposeFileInput[]): readonly ComposeFileInput[] {
  const then = inputs.flatMap(versionsThen);
  const { objects, files } = findMoves(then);
  if (objects.length === 0) return inputs;
  const moves: Relocating = { inputs: new Map(then.map((input) => [input.path, input])), files, relocations: planMoves(objects).relocations };
  return inputs.map((input) => relocated(input, moves));
}

function versionsThen({ path, owned, resolved }: ComposeFileInput): ComposeFileInput[] {
  if (!resolved) return [];
  const { isComplete: _isComplete, answer: _answer, ...versions } = resolved;
  return [{ path, owned, ...versions }];
}

function relocated(input: ComposeFileInput, moves: Relocating): ComposeFileInput {
  const { resolved, ...rest } = input;
  const [then] = versionsThen(input);
  if (!resolved || !then) return input;
  try {
    const { base, source, target } = relocateObjects(then, moves);
    const { isComplete, answer } = resolved;
    return { ...rest, resolved: { isComplete, ...(base && { base }), ...(source && { source }), ...(target && { target }), ...(answer && { answer }) } };
  } catch (error) {
    if (error instanceof UnsupportedEdit) return rest;
    throw error;
  }
}
