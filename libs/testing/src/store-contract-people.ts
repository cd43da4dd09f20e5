import { Conflict, NotFound, instant, personName } from '@sluice/kernel';
import type { Credential, PipelineRecord, Repository } from '@sluice/usecases';
import type { ContractStore } from './store-contract-ports.js';
import { SOME_DAY, freshHash, freshPerson, freshRepository, sampleCommit, samplePipeline } from './store-samples.js';

export function peopleContract(store: () => ContractStore): void {
  describe('repositories', () => {
    it('are added once', async () => {
      const { repositories } = store();
      const repository: Repository = { id: freshRepository(), forge: 'builtin', configBranch: 'main', createdAt: SOME_DAY };
      await repositories.add(repository);
      expect(await repositories.get(repository.id)).toEqual(repository);
      expect(await repositories.list()).toContainEqual(repository);
      await expect(repositories.add(repository)).rejects.toThrow(Conflict);
      expect(await repositories.get(freshRepository())).toBeUndefined();
    });

    it('keep their pipeline with all that it can say', async () => {
      const { repositories } = store();
      const record: PipelineRecord = { repository: freshRepository(), commit: sampleCommit(1), pipeline: samplePipeline(), diagnostics: [], checkedCommit: sampleCommit(1) };
      expect(await repositories.pipeline(record.repository)).toBeUndefined();
      await repositories.savePipeline(record);
      expect(await repositories.pipeline(record.repository)).toEqual(record);
      const broken: PipelineRecord = { repository: record.repository, diagnostics: [{ severity: 'error', message: 'a cycle', line: 3, column: 5, at: 'spec' }] };
      await repositories.savePipeline(broken);
      expect(await repositories.pipeline(record.repository)).toEqual(broken);
    });
  });

  it('forget a repository that is removed, and its pipeline; removing it again changes nothing', async () => {
    const { repositories } = store();
    const repository: Repository = { id: freshRepository(), forge: 'builtin', configBranch: 'main', createdAt: SOME_DAY };
    await repositories.add(repository);
    await repositories.savePipeline({ repository: repository.id, diagnostics: [] });
    for (let times = 0; times < 2; times += 1) await repositories.remove(repository.id);
    expect(await repositories.get(repository.id)).toBeUndefined();
    expect(await repositories.pipeline(repository.id)).toBeUndefined();
  });

  describe('settings', () => {
    it('keep the value that was there first', async () => {
      const { settings } = store();
      const key = `signing-${freshHash()}`;
      expect(await settings.get(key)).toBeUndefined();
      const answers = await Promise.all(['one', 'two', 'three'].map((value) => settings.init(key, value)));
      expect(new Set(answers).size).toBe(1);
      expect(await settings.get(key)).toBe(answers[0]);
      await settings.put(key, 'four');
      expect(await settings.get(key)).toBe('four');
      await settings.put(`${key}-new`, 'five');
      expect(await settings.get(`${key}-new`)).toBe('five');
    });
  });

  describe('people', () => {
    it('are saved and changed by name', async () => {
      const { people } = store();
      const person = freshPerson();
      expect(await people.get(person.name)).toBeUndefined();
      await people.save(person);
      const promoted = { ...person, groups: [], emails: ['ada@example.org', 'countess@example.org'], admin: true };
      await people.save(promoted);
      expect(await people.get(person.name)).toEqual(promoted);
      expect(await people.list()).toContainEqual(promoted);
    });

    it('are known by a credential of the right kind until it is revoked', async () => {
      const { people } = store();
      const { person, hash, credential } = await withCredential({ kind: 'token' });
      expect(await people.byCredential(hash, 'token')).toEqual({ person, credential });
      expect(await people.byCredential(hash, 'session')).toBeUndefined();
      expect(await people.byCredential(freshHash(), 'token')).toBeUndefined();
      await people.revoke(credential.id);
      expect(await people.byCredential(hash, 'token')).toBeUndefined();
    });

    it('are not known by a credential that has expired', async () => {
      const { people } = store();
      const expired = await withCredential({ kind: 'session', expiresAt: instant(Date.now() - 60_000) });
      expect(await people.byCredential(expired.hash, 'session')).toBeUndefined();
      expect(await people.consume(expired.hash, 'session')).toBeUndefined();
      const valid = await withCredential({ kind: 'session', expiresAt: instant(Date.now() + 3_600_000) });
      expect(await people.byCredential(valid.hash, 'session')).toEqual({ person: valid.person, credential: valid.credential });
    });

    it('use up a login link: of many at once one gets in', async () => {
      const { people } = store();
      const { person, hash } = await withCredential({ kind: 'login-link', expiresAt: instant(Date.now() + 3_600_000) });
      expect(await people.consume(hash, 'token')).toBeUndefined();
      const entered = await Promise.all(Array.from({ length: 8 }, () => people.consume(hash, 'login-link')));
      expect(entered.flatMap((one) => (one === undefined ? [] : [one.person]))).toEqual([person]);
    });

    it('lose all that was made with a token together with it, and nothing else', async () => {
      const { people } = store();
      const { person, credential } = await withCredential({ kind: 'token' });
      const made = async (madeWith?: string): Promise<Credential> => {
        const one: Credential = { id: `id-${freshHash()}`, kind: 'session', person: person.name, label: 'made', ...(madeWith !== undefined && { madeWith }) };
        await people.addCredential(freshHash(), one);
        return one;
      };
      const first = await made(credential.id);
      const second = await made(first.id);
      const gone = { ...(await made(first.id)), expiresAt: instant(Date.now() - 60_000), id: `id-${freshHash()}` };
      await people.addCredential(freshHash(), gone);
      const other = await made();
      const ended = await people.revoke(credential.id);
      expect(ended.map(({ id }) => id).filter((id) => [credential, first, second, gone].some((each) => each.id === id))).toHaveLength(3);
      expect(ended).toEqual(expect.arrayContaining([credential, first, second]));
      expect((await people.credentials(['token', 'session'], person.name)).map(({ id }) => id)).toEqual([other.id]);
      await expect(made(first.id)).rejects.toThrow(NotFound);
      expect(await people.revoke(credential.id)).toEqual([]);
    });

    it('must be there to get a credential', async () => {
      const credential: Credential = { id: freshHash(), kind: 'token', person: personName('nobody-there'), label: 'laptop' };
      await expect(store().people.addCredential(freshHash(), credential)).rejects.toThrow(NotFound);
    });

    async function withCredential(fields: Pick<Credential, 'kind' | 'expiresAt'>) {
      const person = freshPerson();
      const credential: Credential = { id: `id-${freshHash()}`, person: person.name, label: 'laptop', ...fields };
      const hash = freshHash();
      await store().people.save(person);
      await store().people.addCredential(hash, credential);
      return { person, credential, hash };
    }
  });
}
