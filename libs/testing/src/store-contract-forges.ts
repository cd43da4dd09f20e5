import { commitSha, instant, NotFound, personName } from '@sluice/kernel';
import type { ForgeCredential, Repository } from '@sluice/usecases';
import type { ContractStore } from './store-contract-ports.js';
import { freshRepository, SOME_DAY } from './store-samples.js';

const URL = 'https://git.example.org';

export function forgesContract(store: () => ContractStore): void {
  describe('forges over the network', () => {
    it('keeps where a repository is, and that it has moved', async () => {
      const { repositories } = store();
      const repository: Repository = { id: freshRepository(), forge: 'github', configBranch: 'main', createdAt: SOME_DAY, remote: { credential: 'work', path: 'acme/shop' } };
      await repositories.add(repository);
      expect(await repositories.get(repository.id)).toEqual(repository);
      const moved: Repository = { ...repository, configBranch: 'trunk', remote: { credential: 'work', path: 'acme/store', hook: 'sealed' } };
      await repositories.update(moved);
      expect(await repositories.list()).toContainEqual(moved);
      await expect(repositories.update({ ...moved, id: freshRepository() })).rejects.toBeInstanceOf(NotFound);
    });

    it('keeps credentials as they were stored last, until one is removed with all that was remembered by it', async () => {
      const { forges } = store();
      const credential: ForgeCredential = { name: 'c-work', kind: 'gitlab', url: URL, sealed: 'x', changedAt: SOME_DAY };
      await forges.saveCredential(credential);
      const rotated = { ...credential, sealed: 'y', changedAt: instant(SOME_DAY + 1) };
      await forges.saveCredential(rotated);
      expect(await forges.credential('c-work')).toEqual(rotated);
      expect(await forges.credentials()).toContainEqual(rotated);
      await forges.memory('c-work').put('etag', 'W/"1"');
      await forges.removeCredential('c-work');
      expect(await forges.credential('c-work')).toBeUndefined();
      expect(await forges.memory('c-work').get('etag')).toBeUndefined();
    });

    it('remembers for each credential by itself, and forgets what begins so', async () => {
      const [one, other] = [store().forges.memory('m-one'), store().forges.memory('m-other')];
      await one.put('change:shop:1', 'a');
      await one.put('change:shop:1', 'b');
      await one.put('change_shop%2', 'c');
      await other.put('change:shop:1', 'd');
      expect(await one.get('change:shop:1')).toBe('b');
      await one.forget('change_');
      expect(await one.get('change_shop%2')).toBeUndefined();
      expect(await one.get('change:shop:1')).toBe('b');
      await one.forget('change:');
      expect(await one.get('change:shop:1')).toBeUndefined();
      expect(await other.get('change:shop:1')).toBe('d');
    });

    it('has one person for a login, whatever its letters', async () => {
      const { forges, people } = store();
      const [ada, bob] = [personName('f-ada'), personName('f-bob')];
      for (const name of [ada, bob]) await people.save({ name, displayName: name, emails: [], groups: [], admin: false });
      await forges.link({ url: URL, login: 'AdaL', person: ada });
      await forges.link({ url: URL, login: 'adal', person: bob });
      expect(await forges.accounts()).toEqual([{ url: URL, login: 'adal', person: bob }]);
      expect(await forges.account({ url: URL, login: 'ADAL' })).toEqual({ url: URL, login: 'adal', person: bob });
      expect(await forges.account({ url: 'https://other.example.org', login: 'adal' })).toBeUndefined();
      await forges.unlink({ url: URL, login: 'ADAL' });
      expect(await forges.account({ url: URL, login: 'adal' })).toBeUndefined();
      expect(await forges.accounts()).toEqual([]);
    });

    it('knows who pushed a commit first', async () => {
      const { forges } = store();
      const repository = freshRepository();
      const [one, other] = [commitSha('1'.repeat(40)), commitSha('2'.repeat(40))];
      await forges.notePushes(repository, 'ada', [one, one]);
      await forges.notePushes(repository, 'bob', [one, other]);
      expect(await forges.pushers(repository, [one, other, commitSha('3'.repeat(40))])).toEqual(new Map([[one, 'ada'], [other, 'bob']]));
      expect(await forges.pushers(repository, [])).toEqual(new Map());
    });
  });
}
