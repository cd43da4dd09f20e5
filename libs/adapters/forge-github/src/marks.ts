import { printableLine, type RepositoryId } from '@sluice/kernel';
import { z } from 'zod';
import type { GithubApi } from './github-api.js';
import { writtenBody } from './request-text.js';
import { type Comment, zComment, zComments } from './schema.js';

const MARKER = /^<!-- sluice:(\{[^\n]{1,1000}\}) -->\r?\n[^\n]*(?:\r?\n\r?\n([^]*))?$/;
/** Characters around the text of a comment. */
const SPARE = 2_000;

/** What a person did in Sluice, as our account's comments say. */
const zMark = z.object({ person: z.string(), verdict: z.enum(['approved', 'rejected', 'commented', 'closed', 'ready']), commit: z.string().optional() });
export type Mark = z.output<typeof zMark>;

const SAID: Readonly<Record<Mark['verdict'], string>> = { approved: 'Approved by', rejected: 'Rejected by', commented: 'Comment of', closed: 'Closed by', ready: 'Marked as ready by' };

const NONE = 'none';

/** Sluice has just opened a request, so nothing is said in it yet. */
export async function noteUnmarked(api: GithubApi, repository: RepositoryId, number: number): Promise<void> {
  await api.memory.put(await keyOf(api, repository, number), NONE);
}

/** Writes a comment that says, for people and for {@link markOf}, who did something in Sluice. docs.github.com/en/rest/issues/comments#create-an-issue-comment */
export async function writeMark(api: GithubApi, repository: RepositoryId, { number, mark, body }: { readonly number: number; readonly mark: Mark; readonly body: string }): Promise<Comment> {
  // before it is there, so that no process passes over it
  await api.memory.forget(await keyOf(api, repository, number));
  const text = `<!-- sluice:${JSON.stringify(mark)} -->\n**${SAID[mark.verdict]} ${printableLine(mark.person, 100)} in Sluice**${body === '' ? '' : `\n\n${writtenBody(body, SPARE)}`}`;
  return api.ask(zComment, repository, { route: 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments', parameters: { issue_number: number, body: text }, action: `comment on #${number}` });
}

/** Every comment of a request in which Sluice may have said something, oldest first. It knows that it has not since it opened the request until it does. */
export async function commentsOf(api: GithubApi, repository: RepositoryId, number: number): Promise<readonly Comment[]> {
  if ((await api.memory.get(await keyOf(api, repository, number))) === NONE) return [];
  const all: Comment[] = [];
  for await (const page of api.pages(zComments, repository, { route: 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments', parameters: { issue_number: number }, action: `read the comments of #${number}` })) all.push(...page);
  return all;
}

/** With an end of its own: what is forgotten begins with it. */
async function keyOf(api: GithubApi, repository: RepositoryId, number: number): Promise<string> {
  return `marks:${(await api.path(repository)).toLowerCase()}#${number}/`;
}

/** The mark that a comment carries. Believe only one of our own account. */
export function markOf({ body }: Comment): (Mark & { readonly text: string }) | undefined {
  const [, json = '', text = ''] = MARKER.exec(body) ?? [];
  if (json === '') return undefined;
  try {
    return { ...zMark.parse(JSON.parse(json)), text };
  } catch {
    return undefined;
  }
}
