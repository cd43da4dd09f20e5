import { Unauthenticated } from '@sluice/kernel';
import type { Credential, People, Person } from '../ports/index.js';
import { hashSecret } from './secret.js';

/** Somebody who has shown a credential. */
export interface Authenticated {
  readonly person: Person;
  readonly credential: Credential;
}

/** Turns a secret into the person who holds it. */
export class Authenticate {
  constructor(private readonly people: People) {}

  /** @throws Unauthenticated when it is unknown, revoked or expired. */
  async run(secret: string, kind: 'token' | 'session'): Promise<Authenticated> {
    const found = await this.people.byCredential(hashSecret(secret), kind);
    if (!found) throw new Unauthenticated(kind === 'token' ? 'this token is unknown, revoked or expired: `sluice login` makes another' : 'this session has ended: open a new login link');
    return found;
  }
}
