import { sizeOf } from '../markdown/inert.js';
import { PAGE } from './request-comments.js';
import type { Comment, RequestComments } from './request-comments.js';

/** Forges take 65,536 characters (GitHub) and more. */
const MAX_BYTES = 65_000;
const MAX_PAGES = 30;
const CUT = '\n\n</details>\n\n_The rest is cut: it is too long for a comment._';

/** The first line of a comment, by which it is found again. */
export function markerOf(key: string): string {
  return `<!-- sluice:comment ${key} -->`;
}

export interface WantedComment {
  readonly key: string;
  readonly text: string;
  /** Who the token is, where it cannot say so itself. */
  readonly author?: string;
}

/**
 * Makes a comment of a key, or writes it anew: there is one, however often a job runs. Only comments of our own account count, so that nobody else's text is taken for ours;
 * a second one (two jobs at a time) goes.
 */
export async function putComment(comments: RequestComments, { key, text, author }: WantedComment): Promise<'created' | 'updated' | 'unchanged'> {
  const body = bodyOf(key, text);
  const [first, ...others] = await ours(comments, { marker: markerOf(key), self: author ?? (await comments.self()) });
  for (const { id } of others) await comments.remove(id);
  if (!first) {
    await comments.create(body);
    return 'created';
  }
  if (first.body.trimEnd() === body) return 'unchanged';
  await comments.update(first.id, body);
  return 'updated';
}

function bodyOf(key: string, text: string): string {
  const body = `${markerOf(key)}\n${text.trim()}`;
  if (sizeOf(body) <= MAX_BYTES) return body;
  const bytes = Buffer.from(body).subarray(0, MAX_BYTES - sizeOf(CUT));
  // by whole lines, so that no mark-up and no character is cut in the middle
  const kept = bytes.subarray(0, bytes.lastIndexOf(0x0a)).toString('utf8');
  return `${kept}${CUT}`;
}

async function ours(comments: RequestComments, { marker, self }: { readonly marker: string; readonly self: string }): Promise<readonly Comment[]> {
  const found: Comment[] = [];
  for (let number = 1; number <= MAX_PAGES; number += 1) {
    const page = await comments.page(number);
    found.push(...page.filter(({ author, body }) => author === self && (body.split(/\r?\n/, 1)[0] ?? '').trim() === marker));
    if (page.length < PAGE) break;
  }
  return found;
}
