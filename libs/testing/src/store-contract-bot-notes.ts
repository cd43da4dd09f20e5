import type { ContractStore } from './store-contract-ports.js';

export function botNotesContract(store: () => ContractStore): void {
  describe('notes of bots', () => {
    let count = 0;
    const fresh = () => `note-${Math.random()}-${++count}`;

    it('come back as they were put, with a number that grows', async () => {
      const { botNotes } = store();
      const key = fresh();
      expect(await botNotes.get(key)).toBeUndefined();
      expect(await botNotes.put({ key, value: 'one' })).toBe(1);
      expect(await botNotes.put({ key, value: 'two' })).toBe(2);
      expect(await botNotes.get(key)).toEqual({ key, value: 'two', version: 2 });
    });

    it('are put only where nothing is, or what was seen last', async () => {
      const { botNotes } = store();
      const key = fresh();
      expect(await botNotes.put({ key, value: 'x', expected: 1 })).toBeUndefined();
      expect(await botNotes.put({ key, value: 'one', expected: 0 })).toBe(1);
      expect(await botNotes.put({ key, value: 'x', expected: 0 })).toBeUndefined();
      expect(await botNotes.put({ key, value: 'two', expected: 1 })).toBe(2);
      expect(await botNotes.put({ key, value: 'x', expected: 1 })).toBeUndefined();
      expect(await botNotes.get(key)).toEqual({ key, value: 'two', version: 2 });
    });

    it('are won by one of several who put at once', async () => {
      const { botNotes } = store();
      const key = fresh();
      const versions = await Promise.all(Array.from({ length: 5 }, (_, index) => botNotes.put({ key, value: String(index), expected: 0 })));
      expect(versions.filter((version) => version !== undefined)).toEqual([1]);
    });

    it('are taken by one of several, and gone then', async () => {
      const { botNotes } = store();
      const key = fresh();
      await botNotes.put({ key, value: 'one' });
      const taken = await Promise.all([botNotes.take(key), botNotes.take(key), botNotes.take(key)]);
      expect(taken.filter((note) => note?.value === 'one')).toHaveLength(1);
      expect(await botNotes.get(key)).toBeUndefined();
    });

    it('are not there any more after their time, and may be put anew', async () => {
      const { botNotes } = store();
      const key = fresh();
      await botNotes.put({ key, value: 'old', lifetime: -1 });
      expect(await botNotes.get(key)).toBeUndefined();
      expect(await botNotes.list(key, '', 10)).toEqual([]);
      expect(await botNotes.take(key)).toBeUndefined();
      expect(await botNotes.put({ key, value: 'new', expected: 0, lifetime: 60_000 })).toBeDefined();
      expect(await botNotes.get(key)).toMatchObject({ value: 'new' });
    });

    it('are listed by what their keys start with, page by page', async () => {
      const { botNotes } = store();
      const prefix = `${fresh()}:`;
      for (const name of ['b', 'a', 'c', 'B']) await botNotes.put({ key: prefix + name, value: name });
      await botNotes.put({ key: `${prefix.slice(0, -1)};x`, value: 'other' });
      const first = await botNotes.list(prefix, '', 2);
      const second = await botNotes.list(prefix, first.at(-1)?.key ?? '', 10);
      expect([...first, ...second].map(({ value }) => value)).toEqual(['B', 'a', 'b', 'c']);
    });
  });
}
