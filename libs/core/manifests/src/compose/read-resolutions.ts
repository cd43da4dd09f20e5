import type { ComposeFileInput, ComposeFileOutcome, FileVersion, ResolvedFile } from '../model.js';
import { ManifestError } from '../decode/manifest-error.js';
import type { Resolution } from '../merge/resolution.js';
import { keyDocuments, readDocuments } from './document-set.js';
import { isStructured, sameFile } from './file-version.js';
import { conflicting, take } from './outcome.js';

/** How somebody has resolved conflicts of a file, document by document; nothing where one of the versions cannot be read or its documents told apart. */
export function readResolutions({ resolved }: ComposeFileInput): ReadonlyMap<string, Resolution> {
  if (!resolved) return new Map();
  try {
    const keyed = keyDocuments([resolved.base, resolved.source, resolved.target, resolved.answer].map(readDocuments));
    const [base, source, target, answer] = keyed ?? [];
    const keys = new Set(keyed?.flatMap((documents) => [...documents.keys()]));
    const of = (key: string): Resolution => ({ sides: { base: base?.get(key)?.value, source: source?.get(key)?.value, target: target?.get(key)?.value }, answer: answer?.get(key)?.value, isComplete: resolved.isComplete });
    return new Map([...keys].map((key) => [key, of(key)]));
  } catch (error) {
    if (error instanceof ManifestError) return new Map();
    throw error;
  }
}

type Conflicted = Extract<ComposeFileOutcome, { kind: 'conflict' }>;

/** Conflicts that are about a file as a whole (a binary, lines, what cannot be read) are resolved by somebody's version of it, as long as all three versions are those that it was made for. */
export function resolveWhole(input: ComposeFileInput, outcome: Conflicted): ComposeFileOutcome {
  const { resolved, target } = input;
  if (!resolved || !isMadeFor(resolved, input) || !isAnswered(resolved, outcome, target)) return outcome;
  if (isUnreadable(input)) return conflicting([...outcome.conflicts, { path: input.path, reason: 'unparsable', message: 'the version on the branch of the request cannot be read' }], outcome.rest);
  return sameFile(resolved.answer, target) ? { kind: 'unchanged' } : take(resolved.answer, outcome.rest?.notes);
}

function isMadeFor(resolved: ResolvedFile, { base, source, target }: ComposeFileInput): boolean {
  return sameFile(resolved.base, base) && sameFile(resolved.source, source) && sameFile(resolved.target, target);
}

function isAnswered({ isComplete, answer }: ResolvedFile, { conflicts, rest }: Conflicted, target: FileVersion | undefined): boolean {
  return isComplete || (conflicts.every(({ field }) => field === undefined) && !sameFile(answer, rest?.file ?? target));
}

function isUnreadable({ path, resolved, template }: ComposeFileInput): boolean {
  if (!isStructured(path) || template === true) return false;
  try {
    readDocuments(resolved?.answer);
    return false;
  } catch (error) {
    if (error instanceof ManifestError) return true;
    throw error;
  }
}
