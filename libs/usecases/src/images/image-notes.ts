import type { EnvironmentName, Instant, RepositoryId } from '@sluice/kernel';
import type { Settings } from '../ports/index.js';

/** What was found the last time when somebody has to know of it. */
export interface ImageNote {
  readonly image: string;
  /** `kept`: a person's pin is left alone; `trouble`: what was wanted could not be had. */
  readonly kind: 'kept' | 'trouble';
  readonly message: string;
  /** Since when it has been so. */
  readonly since: Instant;
  /** When it is looked at next. */
  readonly until: Instant;
}

/** The notes of an environment, kept until the next look. */
export async function readImageNotes(memory: Settings, repository: RepositoryId, environment: EnvironmentName): Promise<readonly ImageNote[]> {
  const text = await memory.get(notesKey(repository, environment));
  return text === undefined ? [] : (JSON.parse(text) as readonly ImageNote[]);
}

export function saveImageNotes(memory: Settings, place: { readonly repository: RepositoryId; readonly environment: EnvironmentName }, notes: readonly ImageNote[]): Promise<void> {
  return memory.put(notesKey(place.repository, place.environment), JSON.stringify(notes));
}

/** A note that says the same as before has been so since then. */
export function agedNotes(notes: readonly ImageNote[], before: readonly ImageNote[]): readonly ImageNote[] {
  return notes.map((note) => ({ ...note, since: before.find(({ image, message }) => image === note.image && message === note.message)?.since ?? note.since }));
}

function notesKey(repository: RepositoryId, environment: EnvironmentName): string {
  return `image-notes:${repository}:${environment}`;
}
