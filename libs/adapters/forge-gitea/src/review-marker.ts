import { commitSha, type PersonName, personName, printableLine } from '@sluice/kernel';
import type { Review } from '@sluice/usecases';
import { z } from 'zod';

export type Verdict = Pick<Review, 'person' | 'state' | 'commit' | 'body'>;

export const MAX_TEXT = 60_000;
const SAID: Readonly<Record<Review['state'], string>> = { approved: 'Approved', rejected: 'Rejected', commented: 'Commented on' };
/** At the very beginning, before anything that a person wrote. */
const MARKER = /^<!-- sluice:(\{[^\n<>]{1,1000}\}) -->\r?\n[^\n]*(?:\r?\n\r?\n([^]*))?$/;
const zMark = z.object({ person: z.string().transform(personName), state: z.enum(['approved', 'rejected', 'commented']), commit: z.string().transform(commitSha) });

/** A comment that says, for people and for {@link readReview}, what a person said in Sluice. */
export function writeReview({ person, state, commit, body }: Verdict): string {
  const line = `**${SAID[state]} by ${printableLine(person, 100)} in Sluice** (${commit.slice(0, 12)})`;
  return `<!-- sluice:${JSON.stringify({ person, state, commit })} -->\n${line}${body === '' ? '' : `\n\n${body.slice(0, MAX_TEXT)}`}`;
}

/** What {@link writeReview} wrote. Only of a comment of our own account it is to be believed. */
export function readReview(text: string): Verdict | undefined {
  const [, json, body = ''] = MARKER.exec(text) ?? [];
  if (json === undefined) return undefined;
  try {
    return { ...zMark.parse(JSON.parse(json)), body };
  } catch {
    return undefined;
  }
}

/** A login may have characters that no name of ours has (`Ada.Lovelace`): whoever reads it translates it to a person. */
export function loginAsPerson(login: string): PersonName {
  return login as PersonName;
}

