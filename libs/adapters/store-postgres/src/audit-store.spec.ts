import { describeCombinations, findingsOf, sampleAudit, type Services } from '@sluice/testing';
import { openStore } from './opened-store.fixture.js';

const LONG = 120_000;

describeCombinations('the audit’s chain', (combination) => {
  let services: Services;
  let one: Awaited<ReturnType<typeof openStore>>;
  let two: Awaited<ReturnType<typeof openStore>>;
  beforeAll(async () => {
    services = await combination.start();
    // the embedded database belongs to one process: both writers are in it
    one = await openStore(services);
    two = services.kind === 'embedded' ? one : await openStore(services);
  }, LONG);
  afterAll(async () => {
    await Promise.all([...new Set([one, two])].map((opened) => opened?.close()));
    await services?.stop();
  });

  it('has no gap, fork or deadlock when many write at once, some of whom give up', async () => {
    const before = (await one.store.auditStore.end()).sequence;
    const rounds = Array.from({ length: 80 }, (_, number) => {
      const { transactions, auditStore, settings } = (number % 2 === 0 ? one : two).store;
      return transactions.run(async () => {
        await auditStore.append([sampleAudit({ action: `first.${number}` })]);
        // rows that others lock as well, always in the same order, after the audit was appended to
        await settings.put('row-a', String(number));
        await settings.put('row-b', String(number));
        await auditStore.append([sampleAudit({ action: `second.${number}` })]);
        if (number % 8 === 0) throw new Error('given up');
      });
    });
    const outcomes = await Promise.allSettled(rounds);
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(10);
    expect(outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [(outcome.reason as Error).message] : []))).toEqual(Array.from({ length: 10 }, () => 'given up'));
    const written = await one.store.auditStore.after(before, 1_000);
    expect(written).toHaveLength(140);
    const numbers = written.map(({ found }) => found.action.split('.'));
    // both of a transaction stand next to each other
    for (let index = 0; index < numbers.length; index += 2) expect([numbers[index], numbers[index + 1]]).toEqual([['first', numbers[index]?.[1]], ['second', numbers[index]?.[1]]]);
    expect(await findingsOf(one.store.auditStore)).toEqual([]);
  }, LONG);

  describe('as the database’s owner finds it', () => {
    const run = (statement: string) => one.pool.query(statement);
    const count = async () => (await one.store.auditStore.after(0, 10_000)).length;
    beforeAll(() => one.store.auditStore.append([sampleAudit(), sampleAudit(), sampleAudit(), sampleAudit()]));

    it.each([
      ['an entry is changed', "update sluice.audit_entries set entry = '{}'"],
      ['an entry is removed', 'delete from sluice.audit_entries where sequence = 2'],
      ['all are removed', 'truncate sluice.audit_entries'],
      ['the end is moved', 'update sluice.audit_end set sequence = 1'],
      ['the end is removed', 'delete from sluice.audit_end'],
      ['a second end is made', "insert into sluice.audit_end values (2, 0, '')"],
      ['a checkpoint is made up', "insert into sluice.audit_checkpoints values (1000000, 'x', now(), 'k', 's')"],
    ])('refuses that %s', async (_, statement) => {
      const before = await count();
      await expect(run(statement)).rejects.toMatchObject({ code: '42501' });
      expect(await count()).toBe(before);
    });

    it('links what is inserted by hand as well: it can say nothing of its own place', async () => {
      await run(`insert into sluice.audit_entries values (1, 'p', 'c', 'h', '{"by":"hand"}', now(), 'nobody', null, 'x')`);
      expect(await findingsOf(one.store.auditStore)).toEqual([]);
    });
  });

  describe('where somebody has switched the triggers off', () => {
    const forge = async (...statements: readonly string[]) => {
      await one.pool.query('alter table sluice.audit_entries disable trigger user');
      try {
        for (const statement of statements) await one.pool.query(statement);
      } finally {
        await one.pool.query('alter table sluice.audit_entries enable trigger user');
      }
    };
    const findings = async () => (await findingsOf(one.store.auditStore)).map(({ sequence, kind }) => `${sequence} ${kind}`);

    it('shows an edit, a removal, a swap and a cut, and is right again when they are taken back', async () => {
      const { sequence: end } = await one.store.auditStore.end();
      await forge(`update sluice.audit_entries set entry = replace(entry, 'because', 'for fun') where sequence = ${end - 1} or sequence = 3`);
      expect(await findings()).toEqual(expect.arrayContaining(['3 edited']));
      await forge(`update sluice.audit_entries set entry = replace(entry, 'for fun', 'because') where sequence = ${end - 1} or sequence = 3`);
      expect(await findings()).toEqual([]);
      await forge('create table kept as select * from sluice.audit_entries where sequence = 4', 'delete from sluice.audit_entries where sequence = 4');
      expect(await findings()).toEqual(['5 gap']);
      await forge('insert into sluice.audit_entries select * from kept');
      expect(await findings()).toEqual([]);
      await forge('update sluice.audit_entries set sequence = case sequence when 3 then -4 else -3 end where sequence in (3, 4)', 'update sluice.audit_entries set sequence = -sequence where sequence < 0');
      expect(await findings()).toEqual(expect.arrayContaining(['3 forged', '4 forged', '5 relinked']));
      await forge('update sluice.audit_entries set sequence = case sequence when 3 then -4 else -3 end where sequence in (3, 4)', 'update sluice.audit_entries set sequence = -sequence where sequence < 0');
      expect(await findings()).toEqual([]);
      await forge(`delete from sluice.audit_entries where sequence = ${end}`);
      expect(await findings()).toEqual([`${end} cut`]);
    });
  });
});
