import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { secretFindings } from './secrets.js';

const SECRET = 'token-of-sluice-bot-for-trials';

describe('what a trial finds in the logs', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-logs-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is nothing where no secret is', async () => {
    await writeFile(join(folder, 'server.log'), '{"msg":"a token-of-somebody"}\n');
    expect(await secretFindings(folder, { 'sluice-bot': SECRET })).toEqual([]);
  });

  it.each([
    ['as it is', `Bearer ${SECRET}`],
    ...['', 'a', 'ab', 'abc', 'x-access-token'].map((user) => [`as the password of the user "${user}"`, `Basic ${Buffer.from(`${user}:${SECRET}`).toString('base64')}`]),
  ])('is a secret %s', async (_, shown) => {
    await writeFile(join(folder, 'server.log'), JSON.stringify({ msg: shown }));
    expect(await secretFindings(folder, { 'sluice-bot': SECRET })).toEqual(['server.log has the secret of sluice-bot']);
  });
});
