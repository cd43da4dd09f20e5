import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Forbidden, Unauthenticated, Unavailable, Unsupported, messageOf } from '@sluice/kernel';
import type { Clock, PersonName } from '@sluice/kernel';
import { withLease } from '../lifecycle/with-lease.js';
import type { AuditLog, EventLog, Leases, OwnAccount, OwnAccountStore, PersonalGrant, Sealer, StoredAccount, Transactions } from '../ports/index.js';
import { openClient, openGrant, sealGrant } from './personal-grant.js';
import type { RemoteForges } from './remote-forges.js';

/** Milliseconds before its end at which a grant is renewed: a call with it takes a while. */
const MARGIN = 60_000;
/** Milliseconds for which one process waits for another that renews the same grant. */
const PATIENCE = 15_000;
const BETWEEN_TRIES = 100;

export interface OwnAccountPorts {
  readonly ownAccounts: OwnAccountStore;
  readonly leases: Leases;
  readonly transactions: Transactions;
  readonly events: Pick<EventLog, 'append'>;
  readonly audit: AuditLog;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/** An account that a person has linked, as far as it is good for something. */
export interface HeldAccount {
  /** Absent: the forge does not take it any more. */
  readonly own?: OwnAccount;
  /** Why not. */
  readonly why?: string;
  /** The forge does not take it any more: nothing is tried with it again, and its person is told. Said again, nothing changes. */
  refused(why: string): Promise<void>;
}

/** Accounts by which what people decide here is written on a forge as theirs. */
export class OwnAccounts {
  private readonly worker = randomUUID();

  constructor(
    private readonly ports: OwnAccountPorts,
    private readonly remotes: Pick<RemoteForges, 'by' | 'credential'>,
  ) {}

  /** Undefined when the person has linked none there. */
  async of(person: PersonName, url: string): Promise<HeldAccount | undefined> {
    const found = await this.ports.ownAccounts.find(person, url);
    if (!found) return undefined;
    let account = found;
    const { login, unusable } = found;
    const token = async (): Promise<string> => {
      account = await this.current(account);
      return this.open(account).accessToken;
    };
    return { ...(unusable ? { why: unusable.why } : { own: { login, token } }), refused: (why) => this.markUnusable(account, why) };
  }

  /** With a grant that does not end in a moment. */
  private async current(account: StoredAccount): Promise<StoredAccount> {
    const grant = this.open(account);
    if (!this.isEnding(grant)) return account;
    if (grant.refreshToken === undefined) throw new Unauthenticated(`what ${account.person} allowed for ${account.login} on ${account.url} has ended`);
    return this.renewed(account);
  }

  /** By one at a time: whoever shows a refresh token for the second time may lose everything. */
  private async renewed({ person, url, login }: StoredAccount): Promise<StoredAccount> {
    for (const until = Date.now() + PATIENCE; Date.now() < until; await pause(BETWEEN_TRIES)) {
      let account: StoredAccount | undefined;
      await withLease(this.ports.leases, { key: `own-account:${person}:${url}`, worker: this.worker }, async () => {
        account = await this.renew(person, url);
      });
      if (account) return account;
    }
    throw new Unavailable(`another process renews what ${person} allowed for ${login} on ${url}`);
  }

  private async renew(person: PersonName, url: string): Promise<StoredAccount> {
    const account = await this.ports.ownAccounts.find(person, url);
    if (!account || account.unusable) throw new Unauthenticated(`${person} has no account on ${url} any more`);
    const grant = this.open(account);
    // another process was faster
    if (!this.isEnding(grant) || grant.refreshToken === undefined) return account;
    const next = await this.ask(account, grant.refreshToken);
    const sealed = sealGrant(this.ports.sealer, account, { refreshToken: grant.refreshToken, ...next });
    if (!(await this.ports.ownAccounts.renew(account, account.sealed, sealed))) throw new Unavailable(`${person} links ${account.login} on ${url} again`);
    const { expiresAt: _, ...rest } = account;
    return { ...rest, ...sealed };
  }

  private async ask({ credential, login, url }: StoredAccount, refreshToken: string): Promise<PersonalGrant> {
    const client = await this.ports.ownAccounts.client(credential);
    if (!client) throw new Unauthenticated(`what was allowed for ${login} on ${url} cannot be renewed: the credential ${credential} has no OAuth client any more`);
    const { people } = this.remotes.by(await this.remotes.credential(credential));
    try {
      return await people.refresh(openClient(this.ports.sealer, client), refreshToken);
    } catch (error) {
      // no more can be done with it than with one that was revoked, and what waits for it must not wait for an admin
      if (error instanceof Forbidden || error instanceof Unsupported) throw new Unauthenticated(messageOf(error), { cause: error });
      throw error;
    }
  }

  private isEnding({ expiresAt }: PersonalGrant): boolean {
    return expiresAt !== undefined && expiresAt - this.ports.clock() < MARGIN;
  }

  private open(account: StoredAccount): PersonalGrant {
    try {
      return openGrant(this.ports.sealer, account);
    } catch (error) {
      // as good as revoked: only the person can give another
      if (error instanceof Unsupported) throw new Unauthenticated(`what ${account.person} allowed for ${account.login} on ${account.url} cannot be opened with this server's key`, { cause: error });
      throw error;
    }
  }

  private async markUnusable(account: StoredAccount, why: string): Promise<void> {
    const { person, url, login, credential } = account;
    const { ownAccounts, events, audit, transactions, clock } = this.ports;
    await transactions.run(async () => {
      if (!(await ownAccounts.markUnusable(account, { since: clock(), why }))) return;
      await events.append({ type: 'account.unusable', message: `${url} does not take ${person}’s account ${login} any more: Sluice writes what ${person} decides until they link it again with \`sluice account link ${credential}\` (${why})` });
      await audit.append({ action: 'account.unusable', by: 'sluice', place: { person }, after: { url, login }, why });
    });
  }
}
