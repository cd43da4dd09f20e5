import type { Grant } from './accounts.js';
import type { Payloads } from './deliveries.js';
import type { DoubleRepository } from './double-repository.js';
import type { OauthPages } from './oauth-pages.js';
import type { Answer, Call, Route } from './route.js';

/** Why the double itself refuses a call; each forge says it in its own words. */
export type Refusal = 'malformed' | 'unauthenticated' | 'unknown route' | 'broken';

/** The wire protocol of one forge. */
export interface Skin {
  readonly routes: readonly Route[];
  /** Who asks, by the headers of an API call. */
  authenticate(headers: Readonly<Record<string, string>>): Grant | undefined;
  /** What a grant may do with a repository by git. */
  gitRight(grant: Grant | undefined, repository: DoubleRepository): 'none' | 'read' | 'write';
  refuse(refusal: Refusal, message: string): Answer;
  /** What the headers of every API call must have: what is wrong with these. */
  wrongHeaders?(call: Pick<Call, 'method' | 'headers' | 'body'>): string | undefined;
  /** Called before the work: an answer instead of it, such as that of a rate limit. */
  before?(call: Call): Answer | undefined;
  /** Headers that every answer of the API has, such as those of a rate limit. */
  headers?(call: Call, answer: Answer): Readonly<Record<string, string>>;
  readonly payloads: Payloads;
  /** Where people allow others to act in their name. */
  readonly oauth: OauthPages;
  /** The forge answers `If-None-Match` of a GET with 304. */
  readonly conditional: boolean;
}
