import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, SecretBox } from '@sluice/runtime';
import type { Settings } from '@sluice/usecases';
import { openAuditKeys } from './audit-keys.js';

const [ONE, TWO] = [1, 2].map((fill) => Buffer.alloc(32, fill).toString('base64')) as [string, string];

describe('the key that heads of the audit are signed with', () => {
  let folder: string;
  let stored: Map<string, string>;
  let logged: string[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-audit-key-'));
    [stored, logged] = [new Map(), []];
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const memory: Settings = {
    get: async (key) => stored.get(key),
    put: async (key, value) => void stored.set(key, value),
    init: async (key, value) => {
      if (!stored.has(key)) stored.set(key, value);
      return stored.get(key) ?? value;
    },
  };
  const open = (...secrets: readonly string[]) => openAuditKeys({ dataFolder: folder, secrets: new SecretBox(secrets) }, memory, createLogger({ name: 'test', level: 'info', destination: { write: (line) => void logged.push(line) } }));

  it('is a file of its owner’s without an encryption key, the same at every start', async () => {
    const { key } = await open();
    expect((await open()).key).toBe(key);
    expect((await stat(join(folder, 'audit-key.pem'))).mode & 0o777).toBe(0o600);
    expect([...stored.values()].join('')).not.toContain('PRIVATE');
  });

  it('is sealed in the database with one, the same for every server', async () => {
    const { key } = await open(ONE);
    expect((await open(TWO, ONE)).key).toBe(key);
    expect([...stored.values()].join('')).not.toContain('PRIVATE');
    await expect(stat(join(folder, 'audit-key.pem'))).rejects.toThrow('ENOENT');
  });

  it('is another one when that cannot be opened any more, which is said; what was signed before is still known', async () => {
    const before = await open(ONE);
    const signature = before.sign('head');
    const after = await open(TWO);
    expect(after.key).not.toBe(before.key);
    expect(logged.join('')).toContain('SLUICE_ENCRYPTION_KEY');
    const verify = await after.verifier([before.key, 'nobody']);
    expect([verify(before.key, 'head', signature), verify(before.key, 'heads', signature), verify('nobody', 'head', signature)]).toEqual(['right', 'wrong', 'unknown']);
  });
});
