import { ChainCheck, type AuditEntry, type ChainFinding, type ChainPoint, type SignedHead } from '@sluice/audit';
import { Conflict, instant } from '@sluice/kernel';
import type { AuditStore } from '@sluice/usecases';
import type { ContractStore } from './store-contract-ports.js';
import { freshRepository } from './store-samples.js';

/** An entry as use cases make it. */
export function sampleAudit(fields: Partial<AuditEntry> = {}): AuditEntry {
  return { at: '2026-11-26T12:00:00.000Z', who: { kind: 'person', name: 'ada' }, door: 'api', action: 'freeze.add', place: { repository: freshRepository() }, after: { reason: 'incident', numbers: [1, 0.5, -0] }, why: 'because', ...fields };
}

/** What is wrong with the chain of a store, from a place on. */
export async function findingsOf(auditStore: AuditStore, start?: ChainPoint): Promise<readonly ChainFinding[]> {
  const check = new ChainCheck(start && { start });
  for (let page = await auditStore.after(start?.sequence ?? 0, 500); page.length > 0; page = await auditStore.after(check.end.sequence, 500)) for (const record of page) check.take(record);
  check.finish();
  const end = await auditStore.end();
  if (end.sequence !== check.end.sequence || end.hash !== check.end.hash) check.find(end.sequence, 'cut', 'the end is another one');
  return check.findings;
}

export function auditContract(store: () => ContractStore): void {
  describe('the audit', () => {
    it('chains entries on, as they were given', async () => {
      const { auditStore } = store();
      const before = await auditStore.end();
      const [one, two] = [sampleAudit(), sampleAudit({ why: 'ü \u0000 \ud800 ✓ "quoted" \\' })];
      await auditStore.append([one, two]);
      const [first, second, ...rest] = await auditStore.after(before.sequence, 10);
      expect(rest).toEqual([]);
      expect(JSON.parse(first?.entry ?? '')).toEqual({ ...one, after: { reason: 'incident', numbers: [1, 0.5, 0] } });
      expect((JSON.parse(second?.entry ?? '') as AuditEntry).why).toBe('ü \ufffd \ufffd ✓ "quoted" \\');
      expect(await findingsOf(auditStore)).toEqual([]);
    });

    it('has the entries of a transaction together, behind everything that others wrote before its end', async () => {
      const { auditStore, transactions } = store();
      const [one, two] = [sampleAudit(), sampleAudit()];
      const before = await auditStore.end();
      await transactions.run(async () => {
        await auditStore.append([one]);
        expect((await auditStore.end()).sequence).toBe(before.sequence);
        await auditStore.append([two]);
      });
      expect((await auditStore.after(before.sequence, 10)).map(({ found }) => found.repository)).toEqual([one.place.repository, two.place.repository]);
    });

    it('has none of a transaction that came to nothing, and no gap for it', async () => {
      const { auditStore, transactions } = store();
      const before = await auditStore.end();
      await expect(
        transactions.run(async () => {
          await auditStore.append([sampleAudit()]);
          throw new Error('no');
        }),
      ).rejects.toThrow('no');
      expect(await auditStore.end()).toEqual(before);
      await auditStore.append([sampleAudit()]);
      expect((await auditStore.end()).sequence).toBe(before.sequence + 1);
    });

    it('is read newest first, page by page, by person, place, action and time', async () => {
      const { auditStore } = store();
      const place = { repository: freshRepository() };
      for (let number = 1; number <= 5; number++) await auditStore.append([sampleAudit({ place, at: `2026-11-0${number}T00:00:00.000Z`, who: { kind: 'person', name: number % 2 === 0 ? 'even' : 'odd' }, action: `act.${number}` })]);
      const names = async (filter: Parameters<AuditStore['list']>[0]) => (await auditStore.list(filter)).items.map(({ found }) => found.action);
      expect(await names({ ...place, limit: 10 })).toEqual(['act.5', 'act.4', 'act.3', 'act.2', 'act.1']);
      expect(await names({ ...place, person: 'even', limit: 10 })).toEqual(['act.4', 'act.2']);
      expect(await names({ ...place, action: 'act.3', limit: 10 })).toEqual(['act.3']);
      expect(await names({ ...place, since: instant(Date.parse('2026-11-02')), until: instant(Date.parse('2026-11-04')), limit: 10 })).toEqual(['act.3', 'act.2']);
      const page = await auditStore.list({ ...place, limit: 2 });
      expect(await names({ ...place, limit: 2, before: Number(page.next) })).toEqual(['act.3', 'act.2']);
      expect((await auditStore.list({ ...place, limit: 5 })).next).toBeUndefined();
      expect((await auditStore.get(page.items[0]?.sequence ?? 0))?.entry).toBe(page.items[0]?.entry);
    });

    it('keeps signed heads, the first for each place', async () => {
      const { auditStore } = store();
      const { sequence, hash } = await auditStore.end();
      const head: SignedHead = { sequence, hash, at: '2026-11-26T13:00:00.000Z', key: 'k', signature: 's' };
      await auditStore.addHead(head);
      await auditStore.addHead({ ...head, signature: 'another' });
      expect((await auditStore.heads()).filter((known) => known.sequence === sequence)).toEqual([head]);
      expect(await auditStore.newestHead()).toEqual(head);
    });

    it('knows the last of its oldest entries that are all from before a time', async () => {
      const { auditStore } = store();
      const { sequence: after } = await auditStore.end();
      for (const at of ['2026-11-01', '2026-11-02', '2026-11-09', '2026-11-03']) await auditStore.append([sampleAudit({ at: `${at}T00:00:00.000Z` })]);
      const last = async (day: string, limit = 10) => (await auditStore.lastBefore(instant(Date.parse(day)), { after, limit })) ?? after;
      expect([await last('2026-11-01'), await last('2026-11-02'), await last('2026-11-05'), await last('2026-12-01'), await last('2026-12-01', 3)].map((found) => found - after)).toEqual([0, 1, 2, 4, 3]);
    });

    it('removes what a checkpoint stands for, and goes on from there', async () => {
      const { auditStore } = store();
      for (let number = 0; number < 3; number++) await auditStore.append([sampleAudit()]);
      const end = await auditStore.end();
      const [, kept] = [await auditStore.append([sampleAudit()]), await auditStore.end()];
      const checkpoint: SignedHead = { sequence: end.sequence, hash: end.hash, at: '2026-11-26T14:00:00.000Z', key: 'k', signature: 's' };
      await expect(auditStore.expire({ ...checkpoint, hash: kept.hash })).rejects.toThrow(Conflict);
      expect(await auditStore.expire(checkpoint)).toBeGreaterThanOrEqual(3);
      expect((await auditStore.after(0, 10)).map(({ sequence }) => sequence)).toEqual([kept.sequence]);
      expect(await auditStore.checkpoint()).toEqual(checkpoint);
      expect(await findingsOf(auditStore, end)).toEqual([]);
    });
  });
}
