import { createHash } from 'node:crypto';
import { Forbidden, Unauthenticated } from '@sluice/kernel';
import type { AuditAct, Credential, Person } from '../ports/index.js';
import { assertActive } from './decides.js';
import { issueCredential, type CredentialPorts, type IssuedCredential } from './issue-credential.js';
import { LOGIN_CODE_LIFETIME, SESSION_IDLE, SESSION_LIFETIME, TOKEN_LIFETIME } from './lifetimes.js';
import { boundBy, type Bound, type Maker } from './made-with.js';
import { hashSecret } from './secret.js';

/** Somebody who has just shown who they are, and what that rests on. */
interface Entrant {
  readonly who: Person;
  readonly bound: Bound | undefined;
}

/** Spends a login link for a session or an API token. Of two who try at once only one gets in. */
export class SignIn {
  constructor(private readonly ports: CredentialPorts) {}

  /** @throws Unauthenticated when the link is unknown, used or expired. */
  async session(secret: string): Promise<IssuedCredential & { readonly who: Person }> {
    return this.ports.transactions.run(async () => {
      const { who, bound } = await this.spend(secret, 'login-link');
      return this.open(who, 'login link', bound);
    });
  }

  /** A session for somebody who has shown who they are. @throws Forbidden for a machine, and who was deactivated. */
  async open(who: Person, label: string, bound?: Bound): Promise<IssuedCredential & { readonly who: Person }> {
    assertActive(who);
    if (who.service) throw new Forbidden(`${who.name} is a service account: it has tokens, and cannot sign in`);
    const audit = { by: who.name, door: 'dashboard' } as const;
    return { ...(await issueCredential(this.ports, { kind: 'session', person: who.name, label, lifetime: SESSION_LIFETIME, idle: SESSION_IDLE, bound, audit })), who };
  }

  /**
   * A code that a program of this person spends for a token. `challenge` is the base64url of the SHA-256 of a secret that only the program has (as RFC 7636, S256): whoever else reads the code can do
   * nothing with it.
   */
  async code({ person, credential }: Maker, challenge: string): Promise<IssuedCredential> {
    const bound = await boundBy(this.ports.people, credential);
    return issueCredential(this.ports, { kind: 'login-code', person: person.name, label: 'command line', lifetime: LOGIN_CODE_LIFETIME, bound, hashed: (secret) => withChallenge(secret, challenge) });
  }

  /** @throws Unauthenticated when the link, or the code with its verifier, is unknown, used or expired. */
  async token(secret: string, label: string, verifier?: string): Promise<IssuedCredential> {
    return this.ports.transactions.run(async () => {
      const { who, bound } = verifier === undefined ? await this.spend(secret, 'login-link') : await this.spend(withChallenge(secret, challengeOf(verifier)), 'login-code');
      const audit: Pick<AuditAct, 'by' | 'door'> = { by: who.name, door: label === 'cli' ? 'cli' : 'api' };
      return issueCredential(this.ports, { kind: 'token', person: who.name, label, lifetime: TOKEN_LIFETIME, bound, audit });
    });
  }

  private async spend(secret: string, kind: Credential['kind']): Promise<Entrant> {
    const spent = await this.ports.people.consume(hashSecret(secret), kind);
    const what = kind === 'login-link' ? 'this login link was used already or is older than 10 minutes: make another with `sluice login --link`' : 'this code is wrong, was used already or is older than 10 minutes: run `sluice login` again';
    if (!spent) throw new Unauthenticated(what);
    assertActive(spent.person);
    return { who: spent.person, bound: await boundBy(this.ports.people, spent.credential) };
  }
}

/** Both parts have a fixed alphabet without a colon. */
function withChallenge(secret: string, challenge: string): string {
  return `${secret}:${challenge}`;
}

function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
