import type { ComposeFileInput, ComposeFileOutcome } from '../model.js';
import { UnsupportedEdit } from '../layout/unsupported-edit.js';
import { composeFile } from './compose-file.js';
import { sameFile } from './file-version.js';
import { findMoves } from './find-moves.js';
import { conflicting, fileConflict, take } from './outcome.js';
import { planMoves } from './plan-moves.js';
import { relocateObjects, type Relocating } from './relocate-objects.js';
import { relocateResolved } from './relocate-resolved.js';

/**
 * {@link composeFile} for the files of one application that changed, in their order. An object that one side has in another of these files is composed there, so
 * that it is neither lost nor there twice; where source and target put it into different files, that is a conflict. Items of a `List` are not followed.
 */
export function composeFiles(inputs: readonly ComposeFileInput[]): ComposeFileOutcome[] {
  const { objects, files } = findMoves(inputs);
  if (objects.length === 0) return inputs.map(composeFile);
  const { relocations, conflicts } = planMoves(objects);
  const moves: Relocating = { inputs: new Map(inputs.map((input) => [input.path, input])), files, relocations };
  return relocateResolved(inputs).map((input) => {
    const apart = conflicts.filter(({ path }) => path === input.path);
    return apart.length > 0 ? conflicting(apart) : composeRelocated(input, moves);
  });
}

function composeRelocated(input: ComposeFileInput, moves: Relocating): ComposeFileOutcome {
  try {
    const relocated = relocateObjects(input, moves);
    return forTarget(input, relocated, composeFile(relocated));
  } catch (error) {
    if (!(error instanceof UnsupportedEdit)) throw error;
    return fileConflict(input.path, 'unsupported-yaml', `an object moved between this file and another, and the text cannot follow: ${error.message}`);
  }
}

/** What was composed for the target with its objects moved, for the target as it is. */
function forTarget({ target }: ComposeFileInput, relocated: ComposeFileInput, outcome: ComposeFileOutcome): ComposeFileOutcome {
  if (sameFile(target, relocated.target)) return outcome;
  if (outcome.kind === 'conflict') return conflicting(outcome.conflicts, outcome.rest ?? take(relocated.target));
  const wanted = outcome.kind === 'unchanged' ? take(relocated.target) : outcome;
  return sameFile(target, wanted.kind === 'write' ? wanted.file : undefined) ? { kind: 'unchanged' } : wanted;
}
