import type { PersonName } from '@sluice/kernel';
import type { ForgeStore, LinkedAccount } from '../ports/index.js';

/** Whose a forge's logins are. */
export class LinkedPeople {
  constructor(
    private readonly url: string,
    private readonly accounts: readonly LinkedAccount[],
  ) {}

  static async read(forges: Pick<ForgeStore, 'accounts'>, url: string): Promise<LinkedPeople> {
    return new LinkedPeople(url, await forges.accounts());
  }

  person(login: string): PersonName | undefined {
    return this.accounts.find((account) => account.url === this.url && account.login.toLowerCase() === login.toLowerCase())?.person;
  }

  /** A person's name, or else the login with its forge: nobody of ours has such a name. */
  shown(login: string): string {
    return this.person(login) ?? `${login}@${new URL(this.url).host}`;
  }
}
