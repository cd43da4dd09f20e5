import { execFile } from 'node:child_process';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { auditVerdict, type AuditVerdictDto } from '@sluice/contracts';
import { START_TIMEOUT, TestSystem } from '../test-system.fixture.js';
import type { Answer } from '../test-system.fixture.js';

const run = promisify(execFile);

const SINK = join(tmpdir(), `sluice-audit-sink-${process.pid}.jsonl`);

// One story: an auditor reads, verifies, takes an export home, and sees what somebody does to it there.
describe('the audit on the command line', () => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await TestSystem.start({ main: { 'a.txt': 'x' } }, { SLUICE_AUDIT_SINK: SINK });
  }, START_TIMEOUT);
  afterAll(async () => {
    await system?.stop();
    await rm(SINK, { force: true });
  }, 60_000);

  const sluice = (...args: readonly string[]): Promise<Answer> => system.sluice(['audit', ...args]);
  const file = (name: string): string => join(system.folder, name);
  const verdictOf = async (...args: readonly string[]): Promise<AuditVerdictDto & { readonly code: number }> => {
    const { code, out } = await sluice('verify', '--output', 'json', ...args);
    return { ...auditVerdict.parse(JSON.parse(out)), code };
  };
  const lines = async (name: string) => (await readFile(file(name), 'utf8')).trimEnd().split('\n');
  const forged = async (name: string, change: (lines: string[]) => readonly string[]) => {
    await writeFile(file(name), `${change(await lines('all.jsonl')).join('\n')}\n`);
    return verdictOf('--file', name, '--key', 'key.pem');
  };
  const found = ({ findings }: AuditVerdictDto) => findings.map(({ sequence, kind }) => `${sequence} ${kind}`);

  it('lists who has done what, page by page', async () => {
    await system.sluice(['people', 'add', 'grace', '--display-name', 'Grace']);
    const { out, code } = await sluice('list', '--action', 'person.save');
    expect([code, out]).toEqual([0, expect.stringMatching(/entry +time +who +by +action +place +why\n\d+ .* person\.save +grace/)]);
    const first = await sluice('list', '--limit', '1');
    expect(first.out).toMatch(/There are more: --before \d+/);
    expect(JSON.parse((await sluice('show', '1')).out)).toMatchObject({ sequence: 1, previous: '0'.repeat(64), entry: { action: 'person.save', who: { kind: 'sluice' }, why: expect.stringContaining('SLUICE_BOOTSTRAP') } });
    expect(await sluice('show', '9999')).toMatchObject({ code: 4 });
    expect(await sluice('show', 'x')).toMatchObject({ code: 2 });
    expect(await sluice('list', '--since', 'yesterday')).toMatchObject({ code: 2, err: expect.stringContaining('--since') });
  });

  it('is verified, signed, and told to the repository and the sink', async () => {
    const signed = await sluice('sign');
    expect(signed.out).toMatch(/^Signed: \d+ entries, [0-9a-f]{64}\nTold: .*sluice-audit-sink.*\nTold: refs\/sluice\/audit of /);
    const { code, out } = await sluice('verify');
    expect([code, out]).toEqual([0, expect.stringContaining('Nothing was changed, left out, put elsewhere or cut off.')]);
    const kept = await run('git', ['ls-remote', system.system.repository, 'refs/sluice/audit'], { env: { ...process.env, ...system.system.gitEnvironment } });
    expect(kept.stdout).toMatch(/^[0-9a-f]{40}\trefs\/sluice\/audit/);
    const verdict = await verdictOf();
    expect(verdict.newestHead).toMatchObject(verdict.end);
    expect((await readFile(SINK, 'utf8')).trimEnd().split('\n').map((line) => (JSON.parse(line) as { hash: string }).hash)).toContain(verdict.end.hash);
  });

  it('is exported and verified with nothing but the file and the key', async () => {
    expect((await sluice('export', '--to', 'all.jsonl')).code).toBe(0);
    await writeFile(file('key.pem'), (await sluice('key')).out);
    const whole = await verdictOf('--file', 'all.jsonl', '--key', 'key.pem');
    expect(whole).toMatchObject({ code: 0, findings: [], notes: [] });
    expect(whole.newestHead).toMatchObject(whole.end);
    expect(whole.entries).toBe((await lines('all.jsonl')).length - 2);
    expect((await verdictOf('--file', 'all.jsonl')).notes).toEqual([expect.stringContaining('--key')]);
  });

  it('is verified as well when a filter has left entries out, which say nothing then', async () => {
    expect((await sluice('export', '--to', 'some.jsonl', '--action', 'person.save')).code).toBe(0);
    expect((await lines('some.jsonl')).filter((line) => line.includes('"entry"')).every((line) => line.includes('person.save'))).toBe(true);
    expect(await verdictOf('--file', 'some.jsonl', '--key', 'key.pem')).toMatchObject({ code: 0, findings: [] });
  });

  it.each<[string, (lines: string[]) => readonly string[], readonly unknown[]]>([
    ['an entry is edited', (all) => all.with(2, (all[2] ?? '').replace('"action":"', '"action":"x')), ['2 edited']],
    ['an entry is left out', (all) => all.toSpliced(2, 1), ['3 gap']],
    ['two change places', (all) => all.with(2, all[3] ?? '').with(3, all[2] ?? ''), ['3 gap', '2 order']],
    ['the first is left out', (all) => all.toSpliced(1, 1), ['2 gap']],
    ['the file is cut off', (all) => all.slice(0, 3), ['2 cut', '2 cut']],
    ['the head is forged', (all) => all.with(0, (all[0] ?? '').replace(/"signature":"..../, '"signature":"AAAA')), [expect.stringMatching(/signature$/)]],
  ])('shows that %s', async (_, change, expected) => {
    const verdict = await forged('forged.jsonl', change);
    expect([verdict.code, found(verdict)]).toEqual([9, expected]);
  });

  it('does not believe another key, nor an end that is shorter than a head that was kept', async () => {
    const [start = ''] = await lines('all.jsonl');
    const head = (JSON.parse(start) as { heads: object[] }).heads.at(-1);
    await writeFile(file('head.json'), `${JSON.stringify(head)}\n`);
    const without = await forged('short.jsonl', (all) => [JSON.stringify({ ...(JSON.parse(start) as object), heads: [] }), ...all.slice(1, 3), JSON.stringify({ kind: 'end', end: { sequence: 2, hash: (JSON.parse(all[2] ?? '') as { hash: string }).hash }, entries: 2 })]);
    expect([without.code, without.findings]).toEqual([0, []]);
    const against = await verdictOf('--file', 'short.jsonl', '--key', 'key.pem', '--head', 'head.json');
    expect([against.code, found(against)]).toEqual([9, ['2 cut']]);
    const other = 'MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=';
    await writeFile(file('other.pem'), `-----BEGIN PUBLIC KEY-----\n${other}\n-----END PUBLIC KEY-----\n`);
    const byOther = found(await verdictOf('--file', 'all.jsonl', '--key', 'other.pem'));
    expect([byOther.length > 0, byOther.every((finding) => finding.endsWith(' signature'))]).toEqual([true, true]);
  });

  it('tells loudly of an earlier chain that is not here, until somebody says that they know why', async () => {
    const hash = 'e'.repeat(64);
    await appendFile(SINK, `${JSON.stringify({ sequence: 90_000, hash, at: '2020-01-01T00:00:00.000Z', key: 'lost', signature: 'AAAA' })}\n`);
    expect(found(await verdictOf())).toEqual(['90000 signature', expect.stringMatching(/cut$/)]);
    expect((await system.sluice(['rebuild'])).out).toContain('the audit was begun anew: an earlier one of 90000 or more entries is not in this database');
    const { code, out, err } = await sluice('verify');
    expect([code, out, err]).toEqual([9, expect.stringMatching(/EARLIER CHAIN, not here: it ended at 90000 or later \(e{16}…, signed 2020-01-01T00:00:00.000Z with the key lost\); entry \d+ of this one/), expect.stringContaining('--earlier eeeeeeeeeeeeeeee')]);
    expect(await verdictOf('--earlier', hash.slice(0, 16))).toMatchObject({ code: 0, findings: [], earlier: [{ sequence: 90_000, hash, heads: 1 }] });
    expect(await sluice('verify', '--earlier', 'd'.repeat(16))).toMatchObject({ code: 9 });
    expect(await sluice('verify', '--earlier', 'e')).toMatchObject({ code: 2 });
    await sluice('export', '--to', 'anew.jsonl');
    await writeFile(file('earlier.json'), await readFile(SINK, 'utf8'));
    expect(await verdictOf('--file', 'anew.jsonl', '--key', 'key.pem', '--head', 'earlier.json')).toMatchObject({ code: 9, findings: [], earlier: [{ sequence: 90_000 }] });
  });

  it('says what is wrong with what it is given', async () => {
    await writeFile(file('no.pem'), 'nothing');
    expect(await sluice('verify', '--file', 'all.jsonl', '--key', 'no.pem')).toMatchObject({ code: 2, err: expect.stringContaining('no Ed25519 key') });
    expect(await sluice('verify', '--file', 'nowhere.jsonl')).toMatchObject({ code: 2, err: expect.stringContaining('cannot be read') });
    expect(await sluice('verify', '--file', 'key.pem')).toMatchObject({ code: 2, err: expect.stringContaining('is no export of an audit') });
    expect(await sluice('verify', '--key', 'key.pem')).toMatchObject({ code: 2, err: expect.stringContaining('--file') });
  });
});
