import { Unauthenticated } from '@sluice/kernel';
import type { Clock } from '@sluice/kernel';
import type { People, Person } from '../ports/index.js';
import { issueCredential, type IssuedCredential } from './issue-credential.js';
import { SESSION_LIFETIME, TOKEN_LIFETIME } from './lifetimes.js';
import { hashSecret } from './secret.js';

/** Spends a login link for a session or an API token. Of two who try at once only one gets in. */
export class SignIn {
  constructor(
    private readonly people: People,
    private readonly clock: Clock,
  ) {}

  /** @throws Unauthenticated when the link is unknown, used or expired. */
  async session(secret: string): Promise<IssuedCredential & { readonly who: Person }> {
    const who = await this.spend(secret);
    return { ...(await issueCredential(this.people, this.clock, { kind: 'session', person: who.name, label: 'dashboard', lifetime: SESSION_LIFETIME })), who };
  }

  /** @throws Unauthenticated when the link is unknown, used or expired. */
  async token(secret: string, label: string): Promise<IssuedCredential> {
    const who = await this.spend(secret);
    return issueCredential(this.people, this.clock, { kind: 'token', person: who.name, label, lifetime: TOKEN_LIFETIME });
  }

  private async spend(secret: string): Promise<Person> {
    const who = await this.people.consume(hashSecret(secret), 'login-link');
    if (!who) throw new Unauthenticated('this login link was used already or is older than 10 minutes: make another with `sluice login --link`');
    return who;
  }
}
