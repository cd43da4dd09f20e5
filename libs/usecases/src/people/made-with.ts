import { Unauthenticated, type Instant } from '@sluice/kernel';
import type { Credential, People, Person } from '../ports/index.js';

/** Who makes something to come in by, and with what. */
export interface Maker {
  readonly person: Person;
  readonly credential: Credential;
}

/** What a credential ends with. */
export interface Bound {
  /** The id of a token. */
  readonly madeWith: string;
  /** When that ends by itself. */
  readonly until: Instant | undefined;
}

/**
 * What somebody makes for themselves with a token ends with it, and so does what is made with that, a session by a login link and a code for the command line included: else whoever has got hold of a token would
 * be in for good. What is made in a session that began otherwise is bound to nothing.
 * @throws Unauthenticated when it has ended meanwhile.
 */
export async function boundBy(people: Pick<People, 'credentials'>, { kind, id, madeWith, person }: Credential): Promise<Bound | undefined> {
  const maker = kind === 'token' ? id : madeWith;
  if (maker === undefined) return undefined;
  const token = (await people.credentials(['token'], person)).find((each) => each.id === maker);
  if (!token) throw new Unauthenticated('the token that this was made with has ended: sign in again');
  return { madeWith: maker, until: token.expiresAt };
}
