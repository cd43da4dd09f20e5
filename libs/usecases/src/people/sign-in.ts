import { Unauthenticated } from '@sluice/kernel';
import type { Person } from '../ports/index.js';
import { issueCredential, type CredentialPorts, type IssuedCredential } from './issue-credential.js';
import { SESSION_LIFETIME, TOKEN_LIFETIME } from './lifetimes.js';
import { hashSecret } from './secret.js';

/** Spends a login link for a session or an API token. Of two who try at once only one gets in. */
export class SignIn {
  constructor(private readonly ports: CredentialPorts) {}

  /** @throws Unauthenticated when the link is unknown, used or expired. */
  async session(secret: string): Promise<IssuedCredential & { readonly who: Person }> {
    return this.ports.transactions.run(async () => {
      const who = await this.spend(secret);
      return { ...(await issueCredential(this.ports, { kind: 'session', person: who.name, label: 'dashboard', lifetime: SESSION_LIFETIME, audit: { by: who.name, door: 'dashboard' } })), who };
    });
  }

  /** @throws Unauthenticated when the link is unknown, used or expired. */
  async token(secret: string, label: string): Promise<IssuedCredential> {
    return this.ports.transactions.run(async () => {
      const who = await this.spend(secret);
      return issueCredential(this.ports, { kind: 'token', person: who.name, label, lifetime: TOKEN_LIFETIME, audit: { by: who.name, door: label === 'cli' ? 'cli' : 'api' } });
    });
  }

  private async spend(secret: string): Promise<Person> {
    const who = await this.ports.people.consume(hashSecret(secret), 'login-link');
    if (!who) throw new Unauthenticated('this login link was used already or is older than 10 minutes: make another with `sluice login --link`');
    return who;
  }
}
