import { Conflict, Forbidden, InvalidInput, NotFound, printableLine, type SluiceError, TooLarge, Unauthenticated, Unavailable } from '@sluice/kernel';

/** An answer of the forge that is neither a fault nor a rate limit. */
export interface Answer {
  readonly status: number;
  /** Parsed JSON; undefined when there is none. */
  readonly body: unknown;
  readonly headers: Headers;
}

const MAX_MESSAGE = 500;
/** "token does not have at least one of required scope(s)": newer versions write `required=[write:repository]`, older ones just the list. */
const SCOPE = /required scope\(s\)[^[]*\[([\w:, ]{1,200})\]/;

/** What the forge says about an error: `{ "message": "…", "url": "…" }`. */
export function messageIn(body: unknown): string {
  const message = typeof body === 'object' && body !== null && 'message' in body ? body.message : undefined;
  return typeof message === 'string' ? printableLine(message, MAX_MESSAGE) : '';
}

/** The scope that a token lacks, such as `write:repository`. */
export function missingScope({ status, body }: Pick<Answer, 'status' | 'body'>): string | undefined {
  return status === 403 ? SCOPE.exec(messageIn(body))?.[1] : undefined;
}

/** Both say every error in JSON with a message. Other forges, and what stands before one, answer with a page, or with JSON of their own. */
function isOwn(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'message' in body;
}

/** The error for an answer that is none of those that the caller expects. `action` completes "Gitea does not let Sluice …", such as `open a pull request`. */
export function failureOf(answer: Pick<Answer, 'status' | 'body'>, forge: string, action: string): SluiceError {
  const said = messageIn(answer.body);
  const because = said === '' ? '' : `: ${said}`;
  const scope = missingScope(answer);
  switch (answer.status) {
    case 401:
      return new Unauthenticated(`The credential for ${forge} is not valid any more: rotate it with \`sluice credential rotate\``);
    case 403:
      return new Forbidden(`${forge} does not let Sluice ${action}${scope === undefined ? because : `: the token needs the scope ${scope}`}`, { details: { refusal: /\barchived\b/i.test(said) ? 'archived' : 'credential' } });
    case 404:
      if (!isOwn(answer.body)) return new NotFound(`${forge} cannot ${action}: what answers there is not ${forge}'s API: is the address right, and is it ${forge} at all?`);
      return new NotFound(`${forge} cannot ${action}: it is not there, or the credential may not see it${because}`);
    case 409:
      return new Conflict(`${forge} cannot ${action} now${because}`);
    case 413:
      return new TooLarge(`${forge} cannot ${action}: it is too large${because}`);
    case 423:
      return new Forbidden(`${forge} does not let anybody ${action}: the repository is archived`, { details: { refusal: 'archived' } });
    case 400:
    case 405:
    case 412:
    case 422:
      return new InvalidInput(`${forge} refuses to ${action}${because}`);
    default:
      return new Unavailable(`${forge} answers with status ${answer.status} when asked to ${action}`);
  }
}
