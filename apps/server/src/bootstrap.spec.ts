import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvalidInput } from '@sluice/kernel';
import { applyBootstrap } from './bootstrap.js';

describe('a bootstrap file', () => {
  let folder: string;
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'sluice-bootstrap-'))));
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const GOOD = { admin: { name: 'ada', displayName: 'Ada' }, adminToken: 'hunter2'.repeat(6) };
  // the file is refused before anybody is asked
  const nobody = { people: undefined as never, transactions: undefined as never, audit: undefined as never };

  async function file(content: unknown, mode = 0o600): Promise<string> {
    const path = join(folder, 'bootstrap.json');
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
    await chmod(path, mode);
    return path;
  }

  it.each([
    ['others can read it', GOOD, 0o644, /chmod 600/],
    ['it is no JSON', '{ "adminToken": "hunter2', 0o600, /not JSON/],
    ['its token is too short to be a secret', { ...GOOD, adminToken: 'hunter2' }, 0o600, /adminToken/],
    ['it names nobody', { adminToken: GOOD.adminToken }, 0o600, /admin/],
  ])('is refused when %s, and its secret is not repeated', async (_, content, mode, message) => {
    const failure = applyBootstrap(await file(content, mode), nobody);
    await expect(failure).rejects.toThrow(InvalidInput);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.not.toThrow(/hunter2/);
  });

  it('is refused when it is not there', async () => {
    await expect(applyBootstrap(join(folder, 'nothing.json'), nobody)).rejects.toThrow(/nothing.json/);
  });
});
