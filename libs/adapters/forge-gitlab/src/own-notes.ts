import { type CommitSha, commitSha } from '@sluice/kernel';
import { withOrigin } from '@sluice/forge-http';
import type { Review } from '@sluice/usecases';
import { z } from 'zod';
import { loginAsPerson } from './login-as-person.js';
import { MAX_NOTE } from './notes.js';
import { shownText, writtenText } from './request-text.js';
import type { Note } from './schema.js';

const MARKER = /^<!-- sluice-own:(\{[^\n]{1,200}\}) -->\n[^\n]*(?:\n\n([^]*))?$/;
const zVerdict = z.object({ verdict: z.enum(['rejected', 'commented']), commit: z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/).transform(commitSha) });
const SAID = { rejected: 'Rejected', commented: 'Comment' } as const;

/** A note that a person writes by their own token where GitLab has nothing else for it. */
export function ownVerdictText(verdict: { readonly verdict: keyof typeof SAID; readonly commit: CommitSha }, body: string): string {
  return `<!-- sluice-own:${JSON.stringify(verdict)} -->\n**${SAID[verdict.verdict]}**, given in Sluice${body.trim() === '' ? '' : `\n\n${writtenText(body.slice(0, MAX_NOTE))}`}`;
}

/** What goes with an approval, which has no place for words. */
export function besideApproval(body: string): string {
  return withOrigin(writtenText(body.slice(0, MAX_NOTE)));
}

/** The review that such a note is: of whoever wrote it, whatever it says. It is never an approval, so whoever may write notes and not approve cannot approve by one. */
export function shownOwnNote({ id, system, body, author, created_at: at }: Note): Review | undefined {
  const [, json = '', text = ''] = (!system && MARKER.exec(body)) || [];
  if (json === '') return undefined;
  try {
    const { verdict, commit } = zVerdict.parse(JSON.parse(json));
    return { id: `note:${id}`, person: loginAsPerson(author.username), login: author.username, state: verdict, commit, body: shownText(text), at };
  } catch {
    return undefined;
  }
}
