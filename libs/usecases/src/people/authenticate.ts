import { Unauthenticated } from '@sluice/kernel';
import type { Credential, People, Person } from '../ports/index.js';
import { yourDeactivation } from './decides.js';
import { USE_RESOLUTION } from './lifetimes.js';
import { hashSecret } from './secret.js';

/** Somebody who has shown a credential. */
export interface Authenticated {
  readonly person: Person;
  readonly credential: Credential;
}

const MOST_REMEMBERED = 10_000;

/** Turns a secret into the person who holds it. */
export class Authenticate {
  /** When this process last said that a credential is used: most requests write nothing. */
  private readonly noted = new Map<string, number>();

  constructor(private readonly people: People) {}

  /** @throws Unauthenticated when it is unknown, revoked, expired or idle for too long. */
  async run(secret: string, kind: 'token' | 'session'): Promise<Authenticated> {
    const found = await this.people.byCredential(hashSecret(secret), kind);
    if (!found) throw new Unauthenticated(kind === 'token' ? 'this token is unknown, revoked or expired: `sluice login` makes another' : 'this session has ended: sign in again');
    // made at the moment in which somebody was deactivated
    if (found.person.deactivated) throw new Unauthenticated(yourDeactivation(found.person.deactivated));
    // somebody became a service account after they had signed in
    if (kind === 'session' && found.person.service) throw new Unauthenticated('a service account has no sessions');
    await this.noteUse(found.credential.id);
    return found;
  }

  private async noteUse(id: string): Promise<void> {
    const now = performance.now();
    const last = this.noted.get(id);
    if (last !== undefined && now - last < USE_RESOLUTION) return;
    if (this.noted.size >= MOST_REMEMBERED) this.noted.clear();
    this.noted.set(id, now);
    await this.people.noteUse(id, USE_RESOLUTION);
  }
}
