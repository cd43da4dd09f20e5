import type { AuditEntry } from '@sluice/audit';
import { instant, personName } from '@sluice/kernel';
import type { AuditAct, AuditOrigin } from '../ports/index.js';
import { createAuditLog } from './audit-log.js';

const WHO = { kind: 'person', name: 'ada', credential: { id: 'c1', kind: 'token', label: 'cli' } } as const;
const ADA: AuditOrigin = { who: WHO, door: 'cli', from: { address: '10.0.0.1' } };
const [ada, grace] = [personName('ada'), personName('grace')];

async function entryOf(act: Omit<AuditAct, 'action'>, origin?: AuditOrigin): Promise<AuditEntry> {
  const entries: AuditEntry[] = [];
  await createAuditLog({ append: async (added) => void entries.push(...added) }, () => instant(0), () => origin).append({ action: 'x', ...act });
  return entries[0] as AuditEntry;
}

describe('an entry of the audit', () => {
  it.each<[string, Omit<AuditAct, 'action'>, AuditOrigin | undefined, Partial<AuditEntry>]>([
    ['is the caller’s, from where they are', {}, ADA, { who: WHO, door: 'cli', from: { address: '10.0.0.1' } }],
    ['is the caller’s whom the use case names', { by: ada }, ADA, { who: WHO, door: 'cli', from: { address: '10.0.0.1' } }],
    ['is somebody else’s, who is not where the caller is', { by: grace }, ADA, { who: { kind: 'person', name: 'grace' }, door: 'sluice' }],
    ['is of whom the use case finds out', { by: grace }, { door: 'api', from: { address: '10.0.0.2' } }, { who: { kind: 'person', name: 'grace' }, door: 'api', from: { address: '10.0.0.2' } }],
    ['is Sluice’s, where nobody asks', {}, undefined, { who: { kind: 'sluice', name: 'sluice' }, door: 'sluice' }],
    ['is Sluice’s, although somebody’s request led to it', { by: 'sluice' }, ADA, { who: { kind: 'sluice', name: 'sluice' }, door: 'sluice' }],
    ['has the door that the use case knows, and the login there', { by: grace, door: 'forge', login: 'octocat' }, undefined, { who: { kind: 'person', name: 'grace' }, door: 'forge', from: { login: 'octocat' } }],
  ])('%s', async (_, act, origin, expected) => {
    expect(await entryOf(act, origin)).toEqual({ at: '1970-01-01T00:00:00.000Z', action: 'x', place: {}, ...expected });
  });

  it('has no secret, in whatever field one comes', async () => {
    const token = `slt_${'a'.repeat(43)}`;
    const text = JSON.stringify(await entryOf({ why: `use ${token}`, after: { list: [`ghp_${'b'.repeat(36)}`], privateKey: 'hunter2', nested: { apiToken: 'hunter2', secretHash: 'hunter2' }, pem: '-----BEGIN PRIVATE KEY-----\nhunter2' } }));
    expect(text).not.toMatch(/hunter2|aaaaaaaa|bbbbbbbb/);
    expect(text.match(/\[secret\]/g)).toHaveLength(6);
  });

  it('stays short: what is long is cut or stands for itself by its hash', async () => {
    const { why, after } = await entryOf({ why: 'x'.repeat(5_000), after: Array.from({ length: 5_000 }, () => 'value') });
    expect(why).toMatch(/^x{2000}… \(5000 characters, SHA-256 [0-9a-f]{64}\)$/);
    expect(after).toEqual({ cut: true, length: 40_001, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  });
});
