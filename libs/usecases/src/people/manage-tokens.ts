import { Forbidden, InvalidInput, later, NotFound, present, type PersonName, type Scope } from '@sluice/kernel';
import type { Credential, EventLog, ListedCredential, Person, Signals } from '../ports/index.js';
import { assertReachable } from './decides.js';
import { endCredential, tellEnded } from './end-credential.js';
import { TOKEN_LIFETIME } from './lifetimes.js';
import { issueCredential, type CredentialPorts, type IssuedCredential } from './issue-credential.js';
import { boundBy, type Bound, type Maker } from './made-with.js';

interface Ports extends CredentialPorts {
  readonly signals: Signals;
  readonly events: Pick<EventLog, 'append'>;
}

export interface WantedToken {
  readonly label: string;
  /** In milliseconds. */
  readonly lifetime: number;
  readonly scopes?: readonly Scope[] | undefined;
  readonly repositories?: readonly string[] | undefined;
  readonly environments?: readonly string[] | undefined;
  readonly applications?: readonly string[] | undefined;
}

const SLACK: Scope = 'slack';

/** API tokens and sessions: everybody's own, and for admins those of all. A token never does more than its person may at the time, whatever its scopes say. */
export class ManageTokens {
  constructor(private readonly ports: Ports) {}

  /** @throws NotFound, Forbidden, InvalidInput; Conflict when they are deactivated */
  async create({ person: by, credential }: Maker, name: PersonName, { label, scopes, ...wanted }: WantedToken): Promise<IssuedCredential> {
    const { lifetime, ...places } = wanted;
    if (name !== by.name && !by.admin) throw new Forbidden(`only an admin may make a token for ${name}`);
    const person = await this.ports.people.get(name);
    if (!person) throw new NotFound(`there is no person ${name}`);
    assertReachable(person);
    if (scopes?.includes(SLACK) && !(person.service && by.admin)) throw new InvalidInput('the scope slack is for service accounts, whose tokens admins make');
    const bound = name === by.name ? await this.boundOf(credential, lifetime) : undefined;
    return this.ports.transactions.run(async () => {
      const issued = await issueCredential(this.ports, { kind: 'token', person: name, label, lifetime, bound, ...present({ scopes, ...places }) });
      await this.ports.events.append({ type: 'token.created', message: `${by.name} made an API token for ${name} (${label}; ${scopes?.join(', ') ?? 'all that they may'})`, by: by.name });
      return issued;
    });
  }

  /** What nobody has asked for in so many words is cut short. @throws Forbidden, Unauthenticated */
  private async boundOf(credential: Credential, asked: number): Promise<Bound | undefined> {
    const bound = await boundBy(this.ports.people, credential);
    const ends = bound?.until;
    if (ends !== undefined && asked > TOKEN_LIFETIME && later(this.ports.clock(), asked) > ends) throw new Forbidden(`your token ends at ${new Date(ends).toISOString()}, and one that it makes ends with it: ask for a shorter time, sign in without it, or have an admin make one for a service account`);
    return bound;
  }

  /** One's own; as an admin somebody's, or everybody's with `everybody`. @throws Forbidden */
  async list(by: Person, { person, everybody }: { readonly person?: PersonName | undefined; readonly everybody: boolean }): Promise<readonly ListedCredential[]> {
    if (!by.admin && (everybody || (person !== undefined && person !== by.name))) throw new Forbidden('only an admin may see the tokens of others');
    return this.ports.people.credentials(['token'], everybody ? undefined : (person ?? by.name));
  }

  sessions(of: PersonName): Promise<readonly ListedCredential[]> {
    return this.ports.people.credentials(['session'], of);
  }

  /** Ends a token or a session at once, and what was made with it, open streams included. @throws NotFound: of others' credentials nobody is told that they are there. */
  async revoke(by: Person, kind: 'token' | 'session', id: string): Promise<void> {
    const seen = await this.ports.people.credentials([kind], by.admin && kind === 'token' ? undefined : by.name);
    const found: Credential | undefined = seen.find((one) => one.id === id);
    if (!found) throw new NotFound(`you have no such ${kind}`);
    const ended = await this.ports.transactions.run(async () => {
      const all = await endCredential(this.ports, id);
      const others = all.length > 1 ? `, and ${all.length - 1} ${all.length === 2 ? 'credential that was' : 'credentials that were'} made with it` : '';
      if (kind === 'token') await this.ports.events.append({ type: 'token.revoked', message: `${by.name} revoked an API token of ${found.person} (${found.label})${others}`, by: by.name });
      return all;
    });
    tellEnded(this.ports.signals, ended);
  }
}
