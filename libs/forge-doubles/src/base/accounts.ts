/** Who has a login at the double. */
export interface Account {
  readonly id: number;
  readonly login: string;
  readonly name: string;
  readonly email: string;
  readonly kind: 'person' | 'bot';
}

/** A token and what it allows. The names of rights are those of the forge. */
export interface Grant {
  readonly token: string;
  readonly account: Account;
  /** What sort of token it is, in the forge's words. */
  readonly kind: string;
  readonly rights: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly expiresAt?: number;
  /** Repositories that it is for; without them all. */
  readonly paths?: readonly string[];
}

export class Accounts {
  private readonly accounts = new Map<string, Account>();
  private readonly grants = new Map<string, Grant>();

  add(login: string, { name = login, kind = 'person' }: Partial<Pick<Account, 'name' | 'kind'>> = {}): Account {
    const known = this.accounts.get(login);
    if (known) return known;
    const account: Account = { id: 1_000 + this.accounts.size, login, name, kind, email: `${login.replace(/\W+/g, '-')}@users.forge.example` };
    this.accounts.set(login, account);
    return account;
  }

  get(login: string): Account | undefined {
    return this.accounts.get(login);
  }

  /** @returns what was granted, with its token */
  grant(login: string, grant: Omit<Grant, 'account'>): Grant {
    const whole = { ...grant, account: this.add(login) };
    this.grants.set(grant.token, whole);
    return whole;
  }

  revoke(token: string): void {
    this.grants.delete(token);
  }

  /** What a token allows, unless it has expired. */
  of(token: string, now: number): Grant | undefined {
    const grant = this.grants.get(token);
    return grant && (grant.expiresAt ?? Infinity) > now ? grant : undefined;
  }
}
