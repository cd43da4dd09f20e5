import type { ComposeFileInput, ComposeFileOutcome } from '../model.js';
import { composeLines } from './compose-lines.js';
import { composeStructured } from './compose-structured.js';
import { isSpecial, isStructured, sameFile, textOf } from './file-version.js';
import { take, wholeFileConflict } from './outcome.js';
import { resolveWhole } from './read-resolutions.js';

/**
 * What the target would get for one file when the source's change since the base is put onto it: rules 2 to 4 of "Compose" in docs/promotion. Never throws for
 * what is in the files; the same input gives the same outcome.
 */
export function composeFile(input: ComposeFileInput): ComposeFileOutcome {
  const { base, source, target } = input;
  if (sameFile(source, base) || sameFile(target, source)) return { kind: 'unchanged' };
  const outcome = composeChanged(input);
  return outcome.kind === 'conflict' ? resolveWhole(input, outcome) : outcome;
}

function composeChanged(input: ComposeFileInput): ComposeFileOutcome {
  const { path, base, source, target, owned } = input;
  const versions = [base, source, target].filter((file) => file !== undefined);
  const isText = !versions.some(isSpecial) && versions.every((file) => textOf(file) !== undefined);
  const structured = isText && isStructured(path);
  if (sameFile(target, base) && (owned.length === 0 || !structured)) return take(source);
  if (versions.some(isSpecial)) return wholeFileConflict(input, 'both-changed', 'source and target changed this link, submodule or its kind differently: it is taken or left as a whole');
  if (!isText) return wholeFileConflict(input, 'binary', 'source and target changed this binary differently: take one of them on the branch of the request');
  return structured ? composeStructured(input) : composeLines(input);
}
