import { Busy, Conflict, Forbidden, InvalidInput, NotFound, printableLine, type SluiceError, TooLarge, Unauthenticated, Unavailable } from '@sluice/kernel';

/** An answer of GitLab that is neither a fault nor a rate limit. */
export interface Answer {
  readonly status: number;
  /** Parsed JSON; undefined when there is none. */
  readonly body: unknown;
  readonly headers: Headers;
}

/** Milliseconds: a rate limit that does not say for how long. */
const PAUSE = 60_000;
const MAX_MESSAGE = 500;

/** What GitLab says about an error: `message` is a text, a list or a list for each field; `error` stands beside or instead of it (docs.gitlab.com/api/rest/troubleshooting). */
export function messageIn(body: unknown): string {
  if (typeof body !== 'object' || body === null) return '';
  const { message, error, error_description: description } = body as Readonly<Record<string, unknown>>;
  return printableLine([flat(message), flat(error), flat(description)].filter((part) => part !== '').join(': '), MAX_MESSAGE);
}

function flat(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(flat).join(', ');
  if (typeof value !== 'object' || value === null) return '';
  return Object.entries(value)
    .map(([field, problems]) => (field === 'base' ? flat(problems) : `${field} ${flat(problems)}`))
    .join(', ');
}

/** The error for an answer that is none of those that the caller expects. `action` completes "GitLab does not …", such as `open a merge request`. */
export function failureOf({ status, body, headers }: Answer, action: string, now: number): SluiceError {
  const said = messageIn(body);
  const because = said === '' ? '' : `: ${said}`;
  switch (status) {
    case 401:
      return new Unauthenticated('The credential for GitLab is not valid any more: rotate it with `sluice credential rotate`');
    case 403:
      return new Forbidden(`GitLab does not let Sluice ${action}${because}${scopeIn(body)}`, { details: { refusal: /\barchived\b/i.test(said) ? 'archived' : 'credential' } });
    case 404:
      // it says every error in JSON: other forges, and what stands before one, answer with a page
      if (typeof body !== 'object' || body === null) return new NotFound(`GitLab cannot ${action}: what answers there is not GitLab's API: is the address right, and is it GitLab at all?`);
      return new NotFound(`GitLab cannot ${action}: it is not there, or the credential may not see it${because}`);
    case 409:
      return new Conflict(`GitLab cannot ${action} now${because}`);
    case 413:
      return new TooLarge(`GitLab cannot ${action}: it is too large${because}`);
    case 429:
      return new Busy('GitLab wants no more calls for now', now + (Number(headers.get('retry-after')) * 1_000 || PAUSE));
    case 400:
    case 405:
    case 406:
    case 422:
      return new InvalidInput(`GitLab refuses to ${action}${because}`);
    default:
      return new Unavailable(`GitLab answers with status ${status} when asked to ${action}`);
  }
}

/** `insufficient_scope` names the scopes that would do. */
function scopeIn(body: unknown): string {
  const scope = typeof body === 'object' && body !== null && 'scope' in body ? body.scope : undefined;
  return typeof scope === 'string' ? ` (the token needs the scope ${printableLine(scope, 100)})` : '';
}
