import { personName } from '@sluice/kernel';
import { OwnAccounts } from '@sluice/usecases';
import { CHECKOUT } from '../shop.fixture.js';
import { describeForges, EVERY_FORGE } from './describe-forges.fixture.js';
import { inProd, inQa, requestOf, ship, waiting } from './promoted.fixture.js';
import type { RemoteShop } from './remote-shop.fixture.js';

describeForges(
  'an approval that is given in Sluice by somebody who has linked their own account',
  (story) => {
    const saidOf = async (there: RemoteShop): Promise<string> => {
      const { events } = await story.world().ports.events.after(undefined, 1_000);
      const { items } = await story.world().store.auditStore.list({ limit: 200 });
      return JSON.stringify([events, items.map(({ entry }) => entry), await there.notices(), there.warnings, await there.written('checkout', 'prod')]);
    };
    const told = async (there: RemoteShop, type: string): Promise<readonly string[]> => {
      const { events } = await story.world().ports.events.after(undefined, 1_000);
      return events.filter((event) => event.type === type && event.message.includes(there.double.url) === (type === 'account.unusable')).map(({ message }) => message);
    };

    it('is a review of that account there, which is what the protection of the branch asks for', async () => {
      const there = await waiting(story);
      const { number } = await requestOf(there);
      there.there.protections.set('prod', { approvals: 1 });
      const token = there.tokenOf('grace-h');
      expect(await there.linkOwn('grace', token)).toMatchObject({ person: 'grace', login: 'grace-h', how: 'token' });
      await there.approve('checkout', 'prod', 'grace');
      await there.told();
      expect(there.reviewsOf(number)).toEqual(['grace-h approved']);
      expect(await there.file('prod', CHECKOUT)).toBe(inProd('2.0'));
      expect(await there.written('checkout', 'prod')).toEqual(['grace {"login":"grace-h"}']);
      expect(await there.audited('promotion.approve')).toEqual(['grace api promotion.approve']);
      expect(await there.audited('review.write-as-own')).toHaveLength(1);
      expect(await saidOf(there)).not.toContain(token);
    });

    it('is written by Sluice when the token was revoked there: the person is told, why says so, and nothing is tried with it again until it is linked again', async () => {
      const there = await waiting(story);
      const { number } = await requestOf(there);
      const token = there.tokenOf('grace-h');
      await there.linkOwn('grace', token);
      there.double.accounts.revoke(token);
      await there.approve('checkout', 'prod', 'grace');
      await there.told();
      expect(there.reviewsOf(number)).toEqual([]);
      expect(await there.file('prod', CHECKOUT)).toBe(inProd('2.0'));
      expect(await told(there, 'account.unusable')).toEqual([expect.stringContaining(`sluice account link on-${there.id}`)]);
      expect((await there.events()).filter(({ type }) => type === 'review.not-own')).toHaveLength(1);
      expect(await there.notices()).toEqual([expect.stringMatching(/does not take grace’s account grace-h since/)]);
      expect(await there.written('checkout', 'prod')).toEqual([expect.stringContaining('notOwn')]);
      const again = there.tokenOf('grace-h');
      await ship(there, '3.0');
      await there.linkOwn('grace', again);
      expect(await there.notices()).toEqual([]);
      const next = await requestOf(there);
      await there.approve('checkout', 'prod', 'grace');
      await there.told();
      expect(there.reviewsOf(next.number)).toEqual(['grace-h approved']);
      expect(await saidOf(there)).not.toContain(token);
    });

    it('is written by Sluice while the forge wants no more calls of that account: nothing waits for it, and the next one is their own again', async () => {
      const there = await waiting(story);
      await there.linkOwn('grace', there.tokenOf('grace-h'));
      const { number } = await requestOf(there);
      there.double.faults.inject({ fault: { kind: 'answer', answer: { status: 429, headers: { 'retry-after': '3600' }, body: { message: 'slow down' } } }, of: ({ method, path }) => method === 'POST' && /\/(reviews|approve)$/.test(path), times: 1 });
      await there.approve('checkout', 'prod', 'grace');
      await there.told();
      expect(there.reviewsOf(number)).toEqual([]);
      expect(await there.file('prod', CHECKOUT)).toBe(inProd('2.0'));
      expect(await there.written('checkout', 'prod')).toEqual([expect.stringMatching(/notOwn.*wants no more calls of grace-h until \d{4}-/)]);
      expect([await there.notices(), await told(there, 'account.unusable')]).toEqual([[], []]);
      await there.later('2h');
      await ship(there, '3.0');
      const next = await requestOf(there);
      await there.approve('checkout', 'prod', 'grace');
      await there.told();
      expect(there.reviewsOf(next.number)).toEqual(['grace-h approved']);
    });

    it('is allowed on the forge itself, and renewed there by one process at a time', async () => {
      const there = await waiting(story);
      const account = await there.allow('grace', 'grace-h');
      expect(account).toMatchObject({ login: 'grace-h', how: 'oauth' });
      await there.later('30h');
      const { ports, remotes, sealer } = story.world();
      const processes = [1, 2, 3].map(() => new OwnAccounts({ ...ports, sealer }, remotes));
      const tokens = await Promise.all(processes.map(async (one) => (await one.of(personName('grace'), there.double.url))?.own?.token()));
      expect(new Set(tokens).size).toBe(1);
      expect((await ports.ownAccounts.find(account.person, account.url))?.sealed).not.toBe(account.sealed);
      await ship(there, '3.0');
      const { number } = await requestOf(there);
      await there.approve('checkout', 'prod', 'grace');
      await there.told();
      expect(there.reviewsOf(number)).toEqual(['grace-h approved']);
      expect(await there.file('qa', CHECKOUT)).toBe(inQa('3.0'));
      const said = await saidOf(there);
      for (const secret of [...tokens, 'secret-of-the-client']) expect(said).not.toContain(secret);
    });

    it('cannot be had for a login that is somebody else’s or Sluice’s own, and ends when an admin says that it is', async () => {
      const there = await waiting(story);
      await expect(there.linkOwn('grace', there.tokenOf('bob'))).rejects.toThrow(/bob’s: an admin has to take it from bob first/);
      await expect(there.linkOwn('grace', there.tokenOf('sluice-bot'))).rejects.toThrow(/Sluice's own account/);
      await expect(there.linkOwn('grace', 'no-token-at-all')).rejects.toThrow(/does not take this token/);
      await there.linkOwn('grace', there.tokenOf('grace-h'));
      await there.link('grace-h', 'bob');
      const { number } = await requestOf(there);
      await there.approve('checkout', 'prod', 'grace');
      await there.told();
      expect(there.reviewsOf(number)).toEqual([]);
      await expect(there.unlinkOwn('grace')).rejects.toThrow(/no account/);
    });
  },
  EVERY_FORGE,
);
