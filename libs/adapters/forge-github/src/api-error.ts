import { Busy, Conflict, Forbidden, type ForgeRefusal, InvalidInput, NotFound, printableLine, type SluiceError, TooLarge, Unauthenticated, Unavailable } from '@sluice/kernel';
import { z } from 'zod';

/** An answer of GitHub that is neither a fault nor a rate limit. */
export interface Reply {
  readonly status: number;
  readonly data: unknown;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | number | undefined>>;
}

const MAX_MESSAGE = 500;
/** Milliseconds: a rate limit that does not say for how long. */
const PAUSE = 60_000;

const zProblem = z.object({
  message: z.string().catch(''),
  errors: z.array(z.union([z.string(), z.object({ field: z.string().optional(), code: z.string().optional(), message: z.string().nullish() })])).catch([]),
});

export interface Problem {
  readonly message: string;
  /** Fields that GitHub does not accept. */
  readonly fields: readonly string[];
}

/** What GitHub says about an error: docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api */
export function problemOf({ data }: Pick<Reply, 'data'>): Problem {
  const parsed = zProblem.safeParse(data);
  if (!parsed.success) return { message: '', fields: [] };
  const { message, errors } = parsed.data;
  const details = errors.map((error) => (typeof error === 'string' ? error : (error.message ?? `${error.field ?? ''} ${error.code ?? ''}`.trim())));
  const fields = errors.flatMap((error) => (typeof error === 'string' || error.field === undefined ? [] : [error.field]));
  return { message: printableLine([message, ...details].filter((part) => part !== '').join(': '), MAX_MESSAGE), fields };
}

/** The error for an answer that is none of those that the caller expects. `action` completes "GitHub does not let Sluice …", such as `open a pull request`. */
export function failureOf(reply: Reply, action: string, now: number): SluiceError {
  const { message } = problemOf(reply);
  const because = message === '' ? '' : `: ${message}`;
  switch (reply.status) {
    case 401:
      return new Unauthenticated('The credential for GitHub is not valid any more: rotate it with `sluice credential rotate`');
    case 403:
      return new Forbidden(`GitHub does not let Sluice ${action}${because}${neededBy(reply)}`, refusedFor(message));
    case 404:
    case 410:
      if (!isOwn(reply.data)) return new NotFound(`GitHub cannot ${action}: what answers there is not GitHub's API: is the address right, and is it GitHub at all?`);
      return new NotFound(`GitHub cannot ${action}: it is not there, or the credential may not see it${because}${neededBy(reply)}`);
    case 409:
      return new Conflict(`GitHub cannot ${action} now${because}`);
    case 413:
      return new TooLarge(`GitHub cannot ${action}: it is too large${because}`);
    case 429:
      return new Busy('GitHub wants no more calls for now', now + PAUSE);
    case 400:
    case 405:
    case 422:
      return new InvalidInput(`GitHub refuses to ${action}${because}`);
    default:
      return new Unavailable(`GitHub answers with status ${reply.status} when asked to ${action}`);
  }
}

/** It says every error in JSON with a message. Other forges, and what stands before one, answer with a page, or with JSON of their own. */
function isOwn(data: unknown): boolean {
  return typeof data === 'object' && data !== null && 'message' in data;
}

/** Of an archived repository GitHub says the same to everybody: that it was archived, and is read-only. */
function refusedFor(message: string): { readonly details: { readonly refusal: ForgeRefusal } } {
  return { details: { refusal: /\barchived\b/i.test(message) ? 'archived' : 'credential' } };
}

/** GitHub names the permissions that a fine-grained token or an app would need, and the organisation that a token is not authorised for. */
function neededBy({ headers }: Reply): string {
  const needed = headers['x-accepted-github-permissions'];
  if (typeof needed === 'string' && needed !== '') return ` (it takes the permission ${printableLine(needed, 100)})`;
  return typeof headers['x-github-sso'] === 'string' ? ' (authorise the token for the single sign-on of its organisation)' : '';
}
