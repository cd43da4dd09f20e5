import { CHAIN_START, nextRecord, type AuditEntry, type ChainRecord, type SignedHead } from '@sluice/audit';
import { Conflict, instant } from '@sluice/kernel';
import { isSignedBy, newSigningKey, openSigningKey } from '@sluice/runtime';
import { describeCombinations, sampleAudit, type Services } from '@sluice/testing';
import { BeginAnew, createAuditLog, ExpireAudit, ReadAudit, SignAudit, VerifyAudit, type AuditKeys, type HeadWitness } from '@sluice/usecases';
import { openStore } from './opened-store.fixture.js';

const LONG = 120_000;
const DAY = 86_400_000;
const START = Date.parse('2026-11-01T00:00:00.000Z');

// One story after the other on one chain: it is signed, tampered with behind the back of its triggers, put right, and shortened.
describeCombinations('an audit with witnesses', (combination) => {
  let services: Services;
  let opened: Awaited<ReturnType<typeof openStore>>;
  let now = START;
  const clock = () => instant(now);
  const own = openSigningKey(newSigningKey());
  const keys: AuditKeys = {
    publicKeys: async () => ({ [own.name]: own.publicKey }),
    verifier: async () => (name, text, signature) => (name !== own.name ? 'unknown' : isSignedBy(own.publicKey, text, signature) ? 'right' : 'wrong'),
  };
  const kept: SignedHead[] = [];
  let answers = true;
  const witness: HeadWitness = {
    name: 'the notary',
    tell: async (head) => {
      if (!answers) throw new Error('closed');
      kept.push(head);
    },
    heads: async () => {
      if (!answers) throw new Error('closed');
      return kept;
    },
  };
  const store = () => opened.store.auditStore;
  const sign = () => new SignAudit(store(), { key: own.name, sign: (text) => own.sign(text) }, { clock, witnesses: async () => [witness] });
  const verify = () => new VerifyAudit(store(), keys, async () => [witness]);
  const expire = (audit = createAuditLog(store(), clock, () => undefined)) => new ExpireAudit({ auditStore: store(), audit, transactions: opened.store.transactions, clock }, sign(), verify());
  const begin = () => new BeginAnew({ auditStore: store(), audit: createAuditLog(store(), clock, () => undefined) }, keys, async () => [witness]);
  const write = async (count: number) => {
    for (let number = 0; number < count; number++) await store().append([sampleAudit({ at: new Date(now).toISOString() })]);
  };
  const found = async () => (await verify().run()).findings.map(({ sequence, kind }) => `${sequence} ${kind}`);
  const forge = async (...statements: readonly string[]) => {
    const tables = ['audit_entries', 'audit_end', 'audit_heads', 'audit_checkpoints'];
    for (const table of tables) await opened.pool.query(`alter table sluice.${table} disable trigger user`);
    for (const statement of statements) await opened.pool.query(statement);
    for (const table of tables) await opened.pool.query(`alter table sluice.${table} enable trigger user`);
  };

  beforeAll(async () => {
    services = await combination.start();
    opened = await openStore(services);
  }, LONG);
  afterAll(async () => {
    await opened?.close();
    await services?.stop();
  });

  it('is signed once an hour, and told; what could not be told is told later', async () => {
    expect(await sign().run()).toEqual({ told: [], notes: [] });
    await write(4);
    answers = false;
    const keeper = sign();
    expect(await keeper.whenDue()).toMatchObject({ head: { sequence: 4, at: '2026-11-01T00:00:00.000Z' }, told: [], notes: ['the notary could not be told: closed'] });
    await write(1);
    answers = true;
    now += 600_000;
    expect(await keeper.whenDue()).toMatchObject({ head: { sequence: 4 }, told: ['the notary'], notes: [] });
    await keeper.whenDue();
    expect(kept.map(({ sequence }) => sequence)).toEqual([4]);
    now += 3_600_000;
    expect(await keeper.whenDue()).toMatchObject({ head: { sequence: 5 } });
    expect(await verify().run()).toMatchObject({ entries: 5, heads: 2, newestHead: { sequence: 5 }, findings: [], notes: [] });
  });

  it('says so when a witness cannot be asked, and goes by what it has', async () => {
    answers = false;
    expect(await verify().run()).toMatchObject({ heads: 2, findings: [], notes: ['the notary could not be read: closed'] });
    answers = true;
  });

  it('shows what a filter or a list would miss', async () => {
    await forge("update sluice.audit_entries set person = 'eve' where sequence = 2");
    expect(await found()).toEqual(['2 index']);
    await forge("update sluice.audit_entries set person = 'ada' where sequence = 2");
    expect(await found()).toEqual([]);
  });

  it('shows that its end was cut off with everything that the database knows of it', async () => {
    await opened.pool.query('create table saved as select * from sluice.audit_entries');
    await opened.pool.query('create table saved_heads as select * from sluice.audit_heads');
    await forge('delete from sluice.audit_entries where sequence > 3', "update sluice.audit_end set sequence = 3, hash = (select hash from sluice.audit_entries where sequence = 3)", 'delete from sluice.audit_heads');
    expect(await found()).toEqual(['3 cut']);
  });

  it('shows that its past was rewritten, every hash computed again', async () => {
    const { rows } = await opened.pool.query<{ entry: string }>('select entry from saved order by sequence');
    const forged: ChainRecord[] = [];
    for (const [index, { entry }] of rows.entries()) forged.push(nextRecord(forged.at(-1) ?? CHAIN_START, { ...(JSON.parse(entry) as AuditEntry), ...(index === 1 && { why: 'another reason' }) }));
    const values = forged.map(({ sequence, previous, content, hash, entry }) => `(${sequence}, '${previous}', '${content}', '${hash}', '${entry.replace(/'/g, "''")}')`).join(', ');
    await forge('delete from sluice.audit_entries', `insert into sluice.audit_entries select n.sequence, n.previous, n.content, n.hash, n.entry, s.at, s.person, s.repository, s.action from (values ${values}) as n (sequence, previous, content, hash, entry) join saved s using (sequence)`, `update sluice.audit_end set sequence = 5, hash = '${forged.at(-1)?.hash}'`);
    expect(await found()).toEqual(['4 rewritten', '5 rewritten']);
    await forge('delete from sluice.audit_entries', 'insert into sluice.audit_entries select * from saved', 'update sluice.audit_end set hash = (select hash from saved where sequence = 5)', 'insert into sluice.audit_heads select * from saved_heads');
    expect(await found()).toEqual([]);
  });

  it('keeps what is wrong, however old', async () => {
    now += 40 * DAY;
    await write(2);
    await forge("update sluice.audit_entries set entry = replace(entry, 'because', 'for fun') where sequence = 2");
    await expect(expire().run(30)).rejects.toThrow(Conflict);
    expect((await store().after(0, 100)).length).toBe(7);
    await forge("update sluice.audit_entries set entry = replace(entry, 'for fun', 'because') where sequence = 2");
  });

  it('loses nothing when its removal cannot be recorded', async () => {
    await expect(expire({ append: () => Promise.reject(new Error('full')) }).run(30)).rejects.toThrow('full');
    expect((await store().after(0, 100)).length).toBe(7);
  });

  it('is shortened behind a signed checkpoint, while somebody verifies it and whatever later entries of a clock behind say', async () => {
    await store().append([sampleAudit({ at: new Date(START).toISOString() })]);
    let removed: number | undefined;
    const after: ReturnType<typeof store>['after'] = async (sequence, limit) => {
      removed ??= await expire().run(30);
      return store().after(sequence, limit);
    };
    const whileItGoes = new VerifyAudit({ end: () => store().end(), heads: () => store().heads(), checkpoint: () => store().checkpoint(), after }, keys, async () => [witness]);
    expect(await whileItGoes.run()).toMatchObject({ entries: 4, start: { sequence: 5 }, findings: [] });
    expect(removed).toBe(5);
  });

  it('says itself that it was shortened, and is right from there on', async () => {
    expect(await expire().run(30)).toBe(0);
    expect(await verify().run()).toMatchObject({ entries: 4, start: { sequence: 5 }, end: { sequence: 9 }, findings: [] });
    expect(JSON.parse((await store().get(9))?.entry ?? '')).toMatchObject({ who: { kind: 'sluice' }, action: 'audit.expire', before: { from: 1 }, after: { from: 6 }, why: 'older than 30 days' });
    const reader = new ReadAudit(store(), keys);
    const { start, checkpoint } = await reader.exportStart();
    expect(start).toEqual({ sequence: checkpoint?.sequence, hash: checkpoint?.hash });
    const exported = [];
    for await (const record of reader.export({ action: 'audit.expire' }, start)) exported.push(['entry' in record, record.sequence]);
    expect(exported).toEqual([[false, 6], [false, 7], [false, 8], [true, 9]]);
  });

  it('is not exported with a gap where it was shortened meanwhile', async () => {
    const exported = new ReadAudit(store(), keys).export({}, CHAIN_START);
    await expect(exported.next()).rejects.toThrow(/older entries were removed meanwhile: export again/);
  });

  it('shows that entries behind the checkpoint are missing', async () => {
    await forge('delete from sluice.audit_entries where sequence = 6');
    expect(await found()).toEqual(['7 gap']);
  });

  it('is begun anew when the database was lost, and tells of the earlier chain for good', async () => {
    await forge('delete from sluice.audit_entries', 'delete from sluice.audit_heads', 'delete from sluice.audit_checkpoints', "update sluice.audit_end set sequence = 0, hash = repeat('0', 64)");
    now += DAY;
    await write(2);
    expect(await found()).toEqual(['2 cut']);
    expect(await begin().run()).toEqual([expect.stringContaining('an earlier one of 5 or more entries is not in this database')]);
    expect(await begin().run()).toEqual([]);
    const earlier = [{ sequence: 5, hash: kept.at(-1)?.hash, saidBy: 3, heads: 2 }];
    expect(await verify().run()).toMatchObject({ entries: 3, findings: [], earlier });
    for (let hour = 0; hour < 2; hour++) {
      await write(2);
      now += 3_600_000;
      await sign().run();
    }
    expect(await verify().run()).toMatchObject({ entries: 7, newestHead: { sequence: 7 }, findings: [], earlier });
  });

  it('is not begun anew by who has cut off its end', async () => {
    await forge('delete from sluice.audit_entries where sequence > 6', 'delete from sluice.audit_heads', 'update sluice.audit_end set sequence = 6, hash = (select hash from sluice.audit_entries where sequence = 6)');
    expect(await begin().run()).toEqual([]);
    expect(await found()).toEqual(['6 cut']);
  });

  it('is signed as often when the clock was set back', async () => {
    expect(await sign().whenDue()).toMatchObject({ head: { sequence: 6 } });
    now -= 30 * DAY;
    await write(1);
    expect(await sign().whenDue()).toMatchObject({ head: { sequence: 7, at: new Date(now).toISOString() } });
  });
});
