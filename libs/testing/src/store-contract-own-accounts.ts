import { instant, NotFound, personName, type PersonName } from '@sluice/kernel';
import type { StoredAccount } from '@sluice/usecases';
import type { ContractStore } from './store-contract-ports.js';
import { freshHash, freshPerson, SOME_DAY } from './store-samples.js';

const MINUTE = 60_000;
const URL = 'https://own.example.org';

let logins = 0;

export function ownAccountsContract(store: () => ContractStore): void {
  /** Somebody whose login is linked, and a credential for the forge. */
  const somebody = async (login = `Login-${++logins}`): Promise<StoredAccount> => {
    const { people, forges } = store();
    const person = freshPerson();
    await people.save(person);
    const credential = `own-${++logins}`;
    await forges.saveCredential({ name: credential, kind: 'gitea', url: URL, sealed: 'x', changedAt: SOME_DAY });
    await forges.link({ url: URL, login, person: person.name });
    return { person: person.name, url: URL, credential, login, how: 'oauth', sealed: `sealed of ${login}`, expiresAt: instant(SOME_DAY + MINUTE), since: SOME_DAY };
  };

  describe('accounts that people have linked with a token of theirs', () => {
    it('are kept as they were linked last, one of a person on a forge', async () => {
      const { ownAccounts, forges } = store();
      const account = await somebody();
      await ownAccounts.save(account);
      expect(await ownAccounts.find(account.person, URL)).toEqual(account);
      const { expiresAt: _, ...forever } = account;
      const other: StoredAccount = { ...forever, login: `Other-${account.login}`, how: 'token', sealed: 'another' };
      await forges.link({ url: URL, login: other.login, person: account.person });
      await ownAccounts.save(other);
      expect(await ownAccounts.list(account.person)).toEqual([other]);
      expect(await ownAccounts.list()).toContainEqual(other);
      expect([await ownAccounts.remove(account), await ownAccounts.remove(account)]).toEqual([true, false]);
      expect(await ownAccounts.find(account.person, URL)).toBeUndefined();
    });

    it('end all at once with what is under way, those of one person, whose logins stay theirs', async () => {
      const { ownAccounts, forges } = store();
      const [ada, bob] = [await somebody(), await somebody()];
      for (const account of [ada, bob]) await ownAccounts.save(account);
      const hashes = { state: freshHash(), browser: freshHash() };
      await ownAccounts.begin(hashes, { person: ada.person, credential: ada.credential, verifier: 'v' }, MINUTE);
      expect(await ownAccounts.removeAll(ada.person)).toEqual([ada]);
      expect([await ownAccounts.removeAll(ada.person), await ownAccounts.take(hashes), await ownAccounts.list(bob.person)]).toEqual([[], undefined, [bob]]);
      expect(await forges.accounts()).toContainEqual({ url: URL, login: ada.login, person: ada.person });
    });

    it('are not kept for a login that is somebody else’s', async () => {
      const { ownAccounts } = store();
      const [ada, bob] = [await somebody(), await somebody()];
      await expect(ownAccounts.save({ ...ada, login: bob.login })).rejects.toBeInstanceOf(NotFound);
      await expect(ownAccounts.save({ ...ada, login: 'nobodys' })).rejects.toBeInstanceOf(NotFound);
    });

    it('end when the login becomes somebody else’s or nobody’s, and with the credential', async () => {
      const { ownAccounts, forges } = store();
      const [taken, unlinked, without, kept] = [await somebody(), await somebody(), await somebody(), await somebody()];
      for (const account of [taken, unlinked, without, kept]) await ownAccounts.save(account);
      await forges.link({ url: URL, login: taken.login.toUpperCase(), person: kept.person });
      await forges.unlink({ url: URL, login: unlinked.login });
      await forges.removeCredential(without.credential);
      await forges.link({ url: URL, login: kept.login, person: kept.person });
      for (const { person } of [taken, unlinked, without]) expect(await ownAccounts.list(person)).toEqual([]);
      expect(await ownAccounts.list(kept.person)).toEqual([kept]);
    });

    it('have a grant that is renewed once, and marked as unusable only while it is the one', async () => {
      const { ownAccounts } = store();
      const account = await somebody();
      await ownAccounts.save(account);
      const renewed = await Promise.all(['a', 'b'].map((sealed) => ownAccounts.renew(account, account.sealed, { sealed, expiresAt: instant(SOME_DAY + 2 * MINUTE) })));
      expect(renewed.toSorted()).toEqual([false, true]);
      const now = await ownAccounts.find(account.person, URL);
      const unusable = { since: instant(SOME_DAY + 1), why: 'revoked' };
      expect(await ownAccounts.markUnusable(account, unusable)).toBe(false);
      const marked = await Promise.all([1, 2].map(() => ownAccounts.markUnusable(now ?? account, unusable)));
      expect(marked.toSorted()).toEqual([false, true]);
      expect(await ownAccounts.find(account.person, URL)).toEqual({ ...now, unusable });
      await ownAccounts.save(account);
      expect(await ownAccounts.find(account.person, URL)).toEqual(account);
    });
  });

  describe('logins of forges', () => {
    it('are claimed by one of two at once, and taken from nobody', async () => {
      const { forges } = store();
      const [ada, bob] = [await somebody(), await somebody()];
      const login = `Claimed-${++logins}`;
      const claimed = await Promise.all([ada, bob].map(({ person }) => forges.claim({ url: URL, login, person })));
      expect(claimed.map(({ isNew }) => isNew).toSorted()).toEqual([false, true]);
      expect(claimed[0]?.person).toBe(claimed[1]?.person);
      expect(await forges.claim({ url: URL, login: login.toUpperCase(), person: otherThan(claimed[0]?.person, [ada, bob]) })).toEqual({ url: URL, login, person: claimed[0]?.person, isNew: false });
    });
  });

  describe('OAuth clients', () => {
    it('are one for a credential, and end with it', async () => {
      const { ownAccounts, forges } = store();
      const { credential } = await somebody();
      await ownAccounts.saveClient({ credential, id: 'public' });
      expect(await ownAccounts.client(credential)).toEqual({ credential, id: 'public' });
      await ownAccounts.saveClient({ credential, id: 'id', sealed: 'sealed' });
      expect(await ownAccounts.clients()).toContainEqual({ credential, id: 'id', sealed: 'sealed' });
      expect([await ownAccounts.removeClient(credential), await ownAccounts.removeClient(credential)]).toEqual([true, false]);
      await ownAccounts.saveClient({ credential, id: 'again' });
      await forges.removeCredential(credential);
      expect(await ownAccounts.client(credential)).toBeUndefined();
    });

    it('have authorizations under way that end once, with their time, and only in the browser that began them', async () => {
      const { ownAccounts } = store();
      const { person, credential } = await somebody();
      const pending = { person, credential, verifier: 'sealed' };
      const hashes = { state: freshHash(), browser: freshHash() };
      await ownAccounts.begin(hashes, pending, MINUTE);
      expect(await ownAccounts.take({ ...hashes, browser: freshHash() })).toBeUndefined();
      const taken = await Promise.all([ownAccounts.take(hashes), ownAccounts.take(hashes)]);
      expect(taken.filter(Boolean)).toEqual([pending]);
      const late = { state: freshHash(), browser: freshHash() };
      await ownAccounts.begin(late, pending, -1);
      expect(await ownAccounts.take(late)).toBeUndefined();
    });
  });
}

function otherThan(person: PersonName | undefined, accounts: readonly StoredAccount[]): PersonName {
  return accounts.map((account) => account.person).find((name) => name !== person) ?? personName('nobody');
}
