import { createHash } from 'node:crypto';
import { Forbidden, Unauthenticated } from '@sluice/kernel';
import type { AuditAct, Credential, Person } from '../ports/index.js';
import { assertActive } from './decides.js';
import { issueCredential, type CredentialPorts, type IssuedCredential } from './issue-credential.js';
import { LOGIN_CODE_LIFETIME, SESSION_IDLE, SESSION_LIFETIME, TOKEN_LIFETIME } from './lifetimes.js';
import { hashSecret } from './secret.js';

/** Spends a login link for a session or an API token. Of two who try at once only one gets in. */
export class SignIn {
  constructor(private readonly ports: CredentialPorts) {}

  /** @throws Unauthenticated when the link is unknown, used or expired. */
  async session(secret: string): Promise<IssuedCredential & { readonly who: Person }> {
    return this.ports.transactions.run(async () => this.open(await this.spend(secret, 'login-link'), 'login link'));
  }

  /** A session for somebody who has shown who they are. @throws Forbidden for a machine, and who was deactivated. */
  async open(who: Person, label: string): Promise<IssuedCredential & { readonly who: Person }> {
    assertActive(who);
    if (who.service) throw new Forbidden(`${who.name} is a service account: it has tokens, and cannot sign in`);
    const audit = { by: who.name, door: 'dashboard' } as const;
    return { ...(await issueCredential(this.ports, { kind: 'session', person: who.name, label, lifetime: SESSION_LIFETIME, idle: SESSION_IDLE, audit })), who };
  }

  /**
   * A code that a program of this person spends for a token. `challenge` is the base64url of the SHA-256 of a secret that only the program has (as RFC 7636, S256): whoever else reads the code can do
   * nothing with it.
   */
  async code(who: Person, challenge: string): Promise<IssuedCredential> {
    return issueCredential(this.ports, { kind: 'login-code', person: who.name, label: 'command line', lifetime: LOGIN_CODE_LIFETIME, hashed: (secret) => bound(secret, challenge) });
  }

  /** @throws Unauthenticated when the link, or the code with its verifier, is unknown, used or expired. */
  async token(secret: string, label: string, verifier?: string): Promise<IssuedCredential> {
    return this.ports.transactions.run(async () => {
      const who = verifier === undefined ? await this.spend(secret, 'login-link') : await this.spend(bound(secret, challengeOf(verifier)), 'login-code');
      const audit: Pick<AuditAct, 'by' | 'door'> = { by: who.name, door: label === 'cli' ? 'cli' : 'api' };
      return issueCredential(this.ports, { kind: 'token', person: who.name, label, lifetime: TOKEN_LIFETIME, audit });
    });
  }

  private async spend(secret: string, kind: Credential['kind']): Promise<Person> {
    const who = await this.ports.people.consume(hashSecret(secret), kind);
    const what = kind === 'login-link' ? 'this login link was used already or is older than 10 minutes: make another with `sluice login --link`' : 'this code is wrong, was used already or is older than 10 minutes: run `sluice login` again';
    if (!who) throw new Unauthenticated(what);
    assertActive(who);
    return who;
  }
}

/** Both parts have a fixed alphabet without a colon. */
function bound(secret: string, challenge: string): string {
  return `${secret}:${challenge}`;
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
