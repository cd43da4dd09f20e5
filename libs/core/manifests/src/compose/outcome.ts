import type { ComposeConflict, ComposedFile, ComposeFileInput, ComposeFileOutcome, ComposeNote, ConflictReason, FileVersion } from '../model.js';

const MAX_FINDINGS = 100;

/** A conflict about the file as a whole. */
export function fileConflict(path: string, reason: ConflictReason, message: string): ComposeFileOutcome {
  return { kind: 'conflict', conflicts: [{ path, reason, message }] };
}

/** `rest`: what the file becomes when each conflict is left as the target has it. */
export function conflicting(conflicts: readonly ComposeConflict[], rest?: ComposeFileOutcome): ComposeFileOutcome {
  return { kind: 'conflict', conflicts: conflicts.slice(0, MAX_FINDINGS), ...(rest?.kind === 'write' && { rest }) };
}

/** Source and target both have another version than the base, and it cannot be looked into. */
export function wholeFileConflict({ path, source, target }: ComposeFileInput, reason: ConflictReason, message: string): ComposeFileOutcome {
  if (source === undefined) return fileConflict(path, 'deleted-and-changed', 'the source removed the file, which the target has changed');
  if (target === undefined) return fileConflict(path, 'deleted-and-changed', 'the source changed the file, which the target has removed');
  return fileConflict(path, reason, message);
}

/** The source's version as it is. */
export function take(source: FileVersion | undefined, notes: readonly ComposeNote[] = []): ComposeFileOutcome {
  return source === undefined ? { kind: 'delete' } : write(source, notes);
}

export function write(file: FileVersion, notes: readonly ComposeNote[] = []): ComposedFile {
  return { kind: 'write', file, notes: notes.slice(0, MAX_FINDINGS) };
}
