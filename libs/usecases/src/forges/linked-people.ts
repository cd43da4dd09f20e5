import type { PersonName } from '@sluice/kernel';
import type { ForgeStore } from '../ports/index.js';

/** Whose a forge's logins are. Each is looked up when it is shown: most of what is asked of a forge names nobody, or few of many. */
export class LinkedPeople {
  private readonly known = new Map<string, Promise<PersonName | undefined>>();

  constructor(
    private readonly forges: Pick<ForgeStore, 'account'>,
    private readonly url: string,
  ) {}

  person(login: string): Promise<PersonName | undefined> {
    const key = login.toLowerCase();
    const known = this.known.get(key) ?? this.forges.account({ url: this.url, login }).then((account) => account?.person);
    this.known.set(key, known);
    return known;
  }

  /** A person's name, or else the login with its forge: nobody of ours has such a name. */
  async shown(login: string): Promise<string> {
    return (await this.person(login)) ?? `${login}@${new URL(this.url).host}`;
  }
}
