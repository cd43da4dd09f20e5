import { commitSha, type Instant, printableLine, type RepositoryId } from '@sluice/kernel';
import { z } from 'zod';
import type { GitlabApi } from './gitlab-api.js';
import { shownText, writtenText } from './request-text.js';
import { type Note, zNote, zNotes } from './schema.js';

/** Characters of a note's text; GitLab takes 1,000,000. */
export const MAX_NOTE = 100_000;
const MARKER = /^<!-- sluice:(\{[^\n]{1,1000}\}) -->\n[^\n]*(?:\n\n([^]*))?$/;

/** What a person did in Sluice, as our account's notes say. */
const zMark = z.object({ person: z.string(), verdict: z.enum(['approved', 'rejected', 'commented', 'closed', 'ready']), commit: z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/).transform(commitSha).optional() });
export type Mark = z.output<typeof zMark>;

const SAID: Readonly<Record<Mark['verdict'], string>> = { approved: 'Approved by', rejected: 'Rejected by', commented: 'Comment of', closed: 'Closed by', ready: 'Marked as ready by' };

/** Every note of a request, GitLab's own ones (`system`) too, oldest first. docs.gitlab.com/api/notes/#list-all-merge-request-notes */
export async function notesOf(api: GitlabApi, repository: RepositoryId, number: number): Promise<readonly Note[]> {
  return api.all(zNotes, { path: `${await api.project(repository)}/merge_requests/${number}/notes`, query: { sort: 'asc', order_by: 'created_at' }, action: `read the notes of !${number}` });
}

/** Writes a note that says, for people and for {@link markOf}, who did something in Sluice. */
export async function writeMark(api: GitlabApi, repository: RepositoryId, { number, mark, body }: { readonly number: number; readonly mark: Mark; readonly body: string }): Promise<Note> {
  const text = `<!-- sluice:${JSON.stringify(mark)} -->\n**${SAID[mark.verdict]} ${printableLine(mark.person, 100)} in Sluice**${body === '' ? '' : `\n\n${writtenText(body.slice(0, MAX_NOTE))}`}`;
  return api.ask(zNote, { method: 'POST', path: `${await api.project(repository)}/merge_requests/${number}/notes`, body: { body: text }, action: `write a note on !${number}` });
}

/** The mark that a note carries. Only one that our own account wrote is to be believed. */
export function markOf({ system, body }: Note, author: { readonly own: boolean }): (Mark & { readonly text: string }) | undefined {
  const [, json = '', text = ''] = (!system && author.own && MARKER.exec(body)) || [];
  if (json === '') return undefined;
  try {
    return { ...zMark.parse(JSON.parse(json)), text: shownText(text) };
  } catch {
    return undefined;
  }
}

/** What GitLab writes by itself when somebody reviews a request or ends a draft; always in English. */
export function systemEvent({ system, body, author, created_at: at }: Note): { readonly what: 'approved' | 'unapproved' | 'rejected' | 'ready'; readonly by: string; readonly at: Instant } | undefined {
  if (!system) return undefined;
  const what = SYSTEM.find(([form]) => form.test(body))?.[1];
  return what && { what, by: author.username, at };
}

const SYSTEM: readonly (readonly [RegExp, 'approved' | 'unapproved' | 'rejected' | 'ready'])[] = [
  [/^approved this merge request/, 'approved'],
  [/^unapproved this merge request/, 'unapproved'],
  [/^requested changes/, 'rejected'],
  [/^marked this merge request as \*\*ready\*\*/, 'ready'],
  // before GitLab 13.9
  [/^unmarked as a \*\*work in progress\*\*/i, 'ready'],
];
