import type { ComposeFileInput, ComposeFileOutcome } from '../model.js';
import { composeLines } from './compose-lines.js';
import { composeStructured } from './compose-structured.js';
import { isSpecial, isStructured, sameFile, textOf } from './file-version.js';
import { take, wholeFileConflict } from './outcome.js';

/**
 * What the target would get for one file when the source's change since the base is put onto it: rules 2 to 4 of "Compose" in docs/promotion. Never throws for
 * what is in the files; the same input gives the same outcome.
 */
export function composeFile(input: ComposeFileInput): ComposeFileOutcome {
  const { path, base, source, target, owned } = input;
  if (sameFile(source, base) || sameFile(target, source)) return { kind: 'unchanged' };
  const structured = isStructured(path) && ![base, source, target].some(isSpecial);
  const targetIsBase = sameFile(target, base);
  if (targetIsBase && (owned.length === 0 || !structured)) return take(source);
  if ([base, source, target].some(isSpecial)) return wholeFileConflict(input, 'both-changed', 'source and target changed this link, submodule or its kind differently: it is taken or left as a whole');
  if ([base, source, target].some((file) => file !== undefined && textOf(file) === undefined)) {
    return targetIsBase ? take(source) : wholeFileConflict(input, 'binary', 'source and target changed this binary differently: take one of them on the branch of the request');
  }
  return structured ? composeStructured(input) : composeLines(input);
}

/** {@link composeFile} for each; in the order of the input. */
export function composeFiles(inputs: readonly ComposeFileInput[]): ComposeFileOutcome[] {
  return inputs.map(composeFile);
}
