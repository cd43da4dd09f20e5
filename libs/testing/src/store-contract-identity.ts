import { Conflict, instant, personName, type PersonName } from '@sluice/kernel';
import type { Credential, Person } from '@sluice/usecases';
import type { ContractStore } from './store-contract-ports.js';
import { SOME_DAY, freshHash, freshPerson } from './store-samples.js';

const MINUTE = 60_000;

export function identityContract(store: () => ContractStore): void {
  const somebody = async (): Promise<Person> => {
    const person = freshPerson();
    await store().people.save(person);
    return person;
  };

  describe('what a provider claims of people', () => {
    it('counts beside what admins say, and goes with the next claim', async () => {
      const { people } = store();
      const person = { ...freshPerson(), groups: ['owners'], admin: false };
      await people.save(person);
      await people.claim(person.name, { groups: ['owners', 'sre'], admin: true });
      expect(await people.get(person.name)).toEqual({ ...person, groups: ['owners', 'sre'], admin: true, claimed: { groups: ['sre'], admin: true } });
      await people.claim(person.name, { groups: [], admin: false });
      expect(await people.get(person.name)).toEqual({ ...person, claimed: { groups: [], admin: false } });
    });

    it('does not become an admin’s word when the person is saved as it was read', async () => {
      const { people } = store();
      const person = await somebody();
      await people.claim(person.name, { groups: ['claimed'], admin: true });
      const read = await people.get(person.name);
      if (read) await people.save({ ...read, displayName: 'Renamed' });
      await people.claim(person.name, { groups: [], admin: false });
      expect(await people.get(person.name)).toMatchObject({ displayName: 'Renamed', groups: person.groups, admin: false });
    });

    it('leaves a person alone whose name is wanted again', async () => {
      const { people } = store();
      const person = freshPerson();
      expect(await people.add(person)).toBe(true);
      expect(await people.add({ ...person, displayName: 'Another' })).toBe(false);
      expect(await people.get(person.name)).toEqual(person);
    });

    it('keeps that somebody is a service account', async () => {
      const person: Person = { ...freshPerson(), service: true };
      await store().people.save(person);
      expect(await store().people.get(person.name)).toEqual(person);
    });
  });

  describe('a deactivation', () => {
    const deactivation = { at: SOME_DAY, by: personName('anna'), reason: 'has left' };

    it('stays with the person however they are saved, and leaves what they may written down until it is taken back', async () => {
      const { people } = store();
      const person = { ...freshPerson(), admin: true };
      await people.save(person);
      await people.deactivate(person.name, deactivation);
      expect(await people.get(person.name)).toEqual({ ...person, deactivated: deactivation });
      await people.save({ ...person, groups: ['owners'] });
      expect(await people.list()).toContainEqual({ ...person, groups: ['owners'], deactivated: deactivation });
      await people.deactivate(person.name, undefined);
      expect(await people.hold(person.name)).toEqual({ ...person, groups: ['owners'] });
    });

    it('is refused a credential, also one that is made at the same moment', async () => {
      const { people, transactions } = store();
      const { name } = await somebody();
      const leaving = transactions.run(async () => {
        expect(await people.holdAll()).toContainEqual(expect.objectContaining({ name }));
        await people.deactivate(name, deactivation);
        await people.revokeAll(name);
      });
      await Promise.allSettled([leaving, people.addCredential(freshHash(), credentialOf(name))]);
      expect(await people.credentials(['token'], name)).toEqual([]);
      await expect(people.addCredential(freshHash(), credentialOf(name))).rejects.toThrow(Conflict);
    });

    it('takes all that somebody could come in by, and names what was still good', async () => {
      const { people } = store();
      const [ada, bob] = [await somebody(), await somebody()];
      const good: Credential[] = [credentialOf(ada.name), { ...credentialOf(ada.name), kind: 'session' }, { ...credentialOf(ada.name), kind: 'login-link' }];
      const link = freshHash();
      for (const each of good.slice(0, 2)) await people.addCredential(freshHash(), each);
      await people.addCredential(link, good[2]!);
      await people.addCredential(freshHash(), { ...credentialOf(ada.name), expiresAt: instant(Date.now() - MINUTE) });
      await people.addCredential(freshHash(), credentialOf(bob.name));
      const ended = await people.revokeAll(ada.name);
      expect(ended).toHaveLength(good.length);
      expect(ended).toEqual(expect.arrayContaining(good));
      expect([await people.revokeAll(ada.name), await people.consume(link, 'login-link')]).toEqual([[], undefined]);
      expect(await people.credentials(['token'], bob.name)).toHaveLength(1);
    });
  });

  describe('credentials', () => {
    it('keep their limits, and are listed with their last use and without the expired ones', async () => {
      const { people } = store();
      const { name } = await somebody();
      const limited: Credential = { ...credentialOf(name), expiresAt: instant(Date.now() + MINUTE), scopes: ['read', 'report'], repositories: ['shop'], environments: ['qa'], applications: ['checkout', 'cart'] };
      const hash = freshHash();
      await people.addCredential(hash, limited);
      await people.addCredential(freshHash(), { ...credentialOf(name), expiresAt: instant(Date.now() - MINUTE) });
      expect((await people.byCredential(hash, 'token'))?.credential).toEqual(limited);
      const [before, ...others] = await people.credentials(['token'], name);
      expect([before?.usedAt, others]).toEqual([undefined, []]);
      await people.noteUse(limited.id, MINUTE);
      const [once] = await people.credentials(['token'], name);
      await people.noteUse(limited.id, MINUTE);
      expect(once?.usedAt).toBeDefined();
      expect(await people.credentials(['token'], name)).toEqual([once]);
      expect(await people.credentials(['session'], name)).toEqual([]);
      expect((await people.credentials(['token'])).map(({ id }) => id)).toContain(limited.id);
    });

    it('end when they were idle for too long', async () => {
      const { people } = store();
      const { name } = await somebody();
      const [lazy, busy] = [freshHash(), freshHash()];
      await people.addCredential(lazy, { ...credentialOf(name), kind: 'session', idle: 1 });
      await people.addCredential(busy, { ...credentialOf(name), kind: 'session', idle: MINUTE });
      await new Promise((resolve) => setTimeout(resolve, 20));
      expect(await people.byCredential(lazy, 'session')).toBeUndefined();
      expect(await people.byCredential(busy, 'session')).toBeDefined();
    });
  });

  describe('identities', () => {
    it('are one person’s: of two at once the first one stays', async () => {
      const { identities } = store();
      const [ada, bob] = [await somebody(), await somebody()];
      const subject = freshHash();
      const stored = await Promise.all([ada, bob].map(({ name }) => identities.add({ issuer: 'https://id.example.org', subject, person: name })));
      expect(stored[0]).toEqual(stored[1]);
      expect(await identities.find('https://id.example.org', subject)).toEqual(stored[0]);
      expect(await identities.find('https://other.example.org', subject)).toBeUndefined();
      expect(await identities.list()).toContainEqual(stored[0]);
      await identities.remove('https://id.example.org', subject);
      expect(await identities.find('https://id.example.org', subject)).toBeUndefined();
    });

    it('have sign-ins under way that end once or with their time', async () => {
      const { identities } = store();
      const pending = { state: 's', nonce: 'n', verifier: 'v', next: '/' };
      const [hash, late] = [freshHash(), freshHash()];
      await identities.begin(hash, pending, MINUTE);
      await identities.begin(late, pending, -1);
      // what another state belongs to is left alone
      expect(await identities.take(hash, 'another')).toBeUndefined();
      const taken = await Promise.all([identities.take(hash, pending.state), identities.take(hash, pending.state)]);
      expect(taken.filter(Boolean)).toEqual([pending]);
      expect(await identities.take(late, pending.state)).toBeUndefined();
    });
  });

  describe('links of Slack accounts', () => {
    it('begin with a code that is good once, of which a person has one', async () => {
      const { slackLinks } = store();
      const { name } = await somebody();
      const [first, second, late] = [freshHash(), freshHash(), freshHash()];
      await slackLinks.offer(first, name, MINUTE);
      await slackLinks.offer(second, name, MINUTE);
      expect(await slackLinks.take(first)).toBeUndefined();
      expect((await Promise.all([slackLinks.take(second), slackLinks.take(second)])).filter(Boolean)).toEqual([name]);
      await slackLinks.offer(late, name, -1);
      expect(await slackLinks.take(late)).toBeUndefined();
    });

    it('are one person’s for each user of a team, and tries are counted by both', async () => {
      const { slackLinks } = store();
      const [ada, bob] = [await somebody(), await somebody()];
      const who = { team: `T${freshHash()}`, user: 'U1' };
      expect(await slackLinks.link(who, ada.name)).toMatchObject({ ...who, person: ada.name });
      expect(await slackLinks.link(who, bob.name)).toMatchObject({ person: ada.name });
      expect(await slackLinks.find({ ...who, team: 'T0' })).toBeUndefined();
      expect(await slackLinks.list()).toContainEqual(expect.objectContaining({ ...who, person: ada.name }));
      await slackLinks.unlink(who);
      expect(await slackLinks.find(who)).toBeUndefined();
      expect([await slackLinks.countTry(who, MINUTE), await slackLinks.countTry(who, MINUTE), await slackLinks.countTry({ ...who, user: 'U2' }, MINUTE)]).toEqual([1, 2, 1]);
      expect([await slackLinks.countTry({ ...who, user: 'U3' }, -1), await slackLinks.countTry({ ...who, user: 'U3' }, MINUTE)]).toEqual([1, 1]);
    });

    it('end all at once with the code under way, those of one person', async () => {
      const { slackLinks } = store();
      const [ada, bob] = [await somebody(), await somebody()];
      const [team, code] = [freshHash(), freshHash()];
      for (const user of ['U1', 'U2']) await slackLinks.link({ team, user }, ada.name);
      await slackLinks.link({ team, user: 'U3' }, bob.name);
      await slackLinks.offer(code, ada.name, MINUTE);
      expect((await slackLinks.unlinkAll(ada.name)).map(({ user }) => user).sort()).toEqual(['U1', 'U2']);
      expect([await slackLinks.hasLinked(ada.name), await slackLinks.take(code), await slackLinks.hasLinked(bob.name)]).toEqual([false, undefined, true]);
    });
  });
}

function credentialOf(person: PersonName): Credential {
  return { id: `id-${freshHash()}`, kind: 'token', person, label: 'laptop' };
}
