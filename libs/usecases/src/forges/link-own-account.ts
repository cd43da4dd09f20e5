import { Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated } from '@sluice/kernel';
import type { Clock, PersonName } from '@sluice/kernel';
import type { AuditLog, EventLog, ForgeCredential, ForgeStore, OwnAccountStore, People, Person, PersonalGrant, Promotions, Sealer, StoredAccount, Transactions, Wakes } from '../ports/index.js';
import { assertActive } from '../people/decides.js';
import { OWN_LOGIN } from './memory-keys.js';
import { sealGrant } from './personal-grant.js';
import type { RemoteForges } from './remote-forges.js';
import { wakeOpen } from '../lifecycle/wake-open.js';

interface Ports {
  readonly forges: ForgeStore;
  readonly ownAccounts: OwnAccountStore;
  readonly people: Pick<People, 'hold'>;
  readonly transactions: Transactions;
  readonly events: Pick<EventLog, 'append'>;
  readonly audit: AuditLog;
  readonly promotions: Promotions;
  readonly wakes: Wakes;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/**
 * People link their own accounts on forges: the token proves whose a login is, so that no admin has to say it, and what they decide here is written there as theirs. Taking the token back does not make the login
 * nobody's: whoever has pushed there stays known as the one who did.
 */
export class LinkOwnAccount {
  constructor(
    private readonly ports: Ports,
    private readonly remotes: Pick<RemoteForges, 'by' | 'credential'>,
  ) {}

  list(of: Person): Promise<readonly StoredAccount[]> {
    return this.ports.ownAccounts.list(of.name);
  }

  /** @throws NotFound for a credential that is not there; InvalidInput for a token that the forge does not take; Forbidden for one that may too little; Conflict when the login is somebody else's. */
  async withToken({ credential, token }: { readonly credential: string; readonly token: string }, by: Person): Promise<StoredAccount> {
    return this.keep(await this.remotes.credential(credential), { how: 'token', grant: { accessToken: token } }, by);
  }

  /** @throws like {@link withToken} */
  async keep(credential: ForgeCredential, { how, grant }: { readonly how: StoredAccount['how']; readonly grant: PersonalGrant }, by: Person): Promise<StoredAccount> {
    assertPerson(by);
    const { name, url } = credential;
    const login = await this.loginOf(credential, grant);
    const account: StoredAccount = { person: by.name, url, credential: name, login, how, ...sealGrant(this.ports.sealer, { person: by.name, url }, grant), since: this.ports.clock() };
    if (await this.store(account)) await wakeOpen(this.ports);
    return account;
  }

  /** @throws NotFound when there is none. */
  async unlink(credential: string, by: Person): Promise<void> {
    const { url } = await this.remotes.credential(credential);
    const account = await this.ports.ownAccounts.find(by.name, url);
    if (!account) throw new NotFound(`you have linked no account on ${url}`);
    await this.ports.transactions.run(async () => {
      await this.ports.ownAccounts.remove(account);
      await this.ports.events.append({ type: 'account.unlinked', message: `${by.name} took back what they allowed for ${account.login} on ${url}`, by: by.name });
      await this.ports.audit.append({ action: 'account.unlink-own', by: by.name, place: { person: by.name }, before: { url, login: account.login, how: account.how } });
    });
  }

  private async loginOf(credential: ForgeCredential, { accessToken }: PersonalGrant): Promise<string> {
    const login = await this.whose(credential, accessToken);
    const own = await this.ports.forges.memory(credential.name).get(OWN_LOGIN);
    if (own?.toLowerCase() === login.toLowerCase()) throw new Conflict(`${login} is Sluice's own account on ${credential.url}: give a token of yours`);
    return login;
  }

  private async whose(credential: ForgeCredential, token: string): Promise<string> {
    try {
      return await this.remotes.by(credential).people.whose(token);
    } catch (error) {
      // it is not the caller that is unknown
      if (error instanceof Unauthenticated) throw new InvalidInput(`${credential.url} does not take this token: make another there, and copy it whole`, { cause: error });
      throw error;
    }
  }

  /** @returns whether the login was nobody's before. */
  private store(account: StoredAccount): Promise<boolean> {
    const { person, url, login, how } = account;
    return this.ports.transactions.run(async () => {
      const holder = await this.ports.people.hold(person);
      if (holder) assertActive(holder);
      const claimed = await this.ports.forges.claim({ url, login, person });
      if (claimed.person !== person) throw new Conflict(takenBy(claimed.person, login, url));
      await this.ports.ownAccounts.save(account);
      await this.ports.events.append({ type: 'account.linked', message: `${person} linked ${login} on ${url} as their own, by ${how === 'token' ? 'a token of theirs' : 'signing in there'}`, by: person });
      await this.ports.audit.append({ action: 'account.link-own', by: person, place: { person }, after: { url, login, how } });
      return claimed.isNew;
    });
  }
}

/** @throws Forbidden for a machine. */
export function assertPerson({ name, service }: Person): void {
  if (service) throw new Forbidden(`${name} is a service account: only people link accounts of theirs`);
}

function takenBy(person: PersonName, login: string, url: string): string {
  return `${login} on ${url} is ${person}’s: an admin has to take it from ${person} first (\`sluice people unlink\`)`;
}
