import type { Instant, PersonName } from '@sluice/kernel';

/** An account on a forge that a person has linked with a token of their own: what they decide here is written there as theirs. */
export interface StoredAccount {
  readonly person: PersonName;
  /** As in a forge's connection. A person has one account on a forge. */
  readonly url: string;
  /** The credential by which Sluice reaches that forge, and whose OAuth client renews the grant. */
  readonly credential: string;
  /** As the forge spells it. */
  readonly login: string;
  readonly how: 'token' | 'oauth';
  /** The grant, sealed. */
  readonly sealed: string;
  /** When the grant ends, as far as that is known. */
  readonly expiresAt?: Instant;
  readonly since: Instant;
  /** The forge does not take the grant any more: it is not tried again. */
  readonly unusable?: { readonly since: Instant; readonly why: string };
}

/** By what people allow Sluice to act for them on a forge. */
export interface StoredClient {
  readonly credential: string;
  readonly id: string;
  /** The client's secret, sealed; a public client has none. */
  readonly sealed?: string;
}

/** Somebody was sent to a forge and has not come back yet. */
export interface PendingAuthorization {
  readonly person: PersonName;
  readonly credential: string;
  /** The PKCE verifier, sealed. */
  readonly verifier: string;
}

/**
 * Accounts that people have linked with a grant of theirs. One ends with its person, with its credential, and when its login is nobody's or somebody else's. Only encrypted on the disk; a database that is lost takes them along.
 */
export interface OwnAccountStore {
  /** Those of a person, or of everybody. */
  list(person?: PersonName): Promise<readonly StoredAccount[]>;
  find(person: PersonName, url: string): Promise<StoredAccount | undefined>;
  /** Makes one, or puts it in the place of the one that the person had there. @throws NotFound when the login is not the person's. */
  save(account: StoredAccount): Promise<void>;
  /** Another grant in the place of one. @returns false, without having done anything, when that is no longer the one. */
  renew(account: Pick<StoredAccount, 'person' | 'url'>, before: string, after: Pick<StoredAccount, 'sealed' | 'expiresAt'>): Promise<boolean>;
  /** @returns false when it is known already, or when there is another grant by now. */
  markUnusable(account: Pick<StoredAccount, 'person' | 'url' | 'sealed'>, unusable: NonNullable<StoredAccount['unusable']>): Promise<boolean>;
  /** @returns whether there was one. */
  remove(account: Pick<StoredAccount, 'person' | 'url'>): Promise<boolean>;
  /** All of a person, and what they have begun to allow on a forge. @returns those that there were. */
  removeAll(person: PersonName): Promise<readonly StoredAccount[]>;

  clients(): Promise<readonly StoredClient[]>;
  client(credential: string): Promise<StoredClient | undefined>;
  saveClient(client: StoredClient): Promise<void>;
  /** @returns whether there was one. */
  removeClient(credential: string): Promise<boolean>;

  /** `lifetime` in milliseconds. */
  begin(hashes: AuthorizationHashes, pending: PendingAuthorization, lifetime: number): Promise<void>;
  /** Once, and only for the browser that began it: whoever has only one of the two changes nothing. */
  take(hashes: AuthorizationHashes): Promise<PendingAuthorization | undefined>;
}

/** Of what the forge hands back, and of what only the browser has that was sent there. */
export interface AuthorizationHashes {
  readonly state: string;
  readonly browser: string;
}
