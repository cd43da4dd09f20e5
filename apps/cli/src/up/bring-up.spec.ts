import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, temporaryFolder } from '@sluice/testing';
import { bringUp } from './bring-up.js';
import { readNotes } from './data-folder.js';
import { Processes } from './supervised-process.js';

it('a first start that was broken off while the server made its database is begun again, and no start of before there were notes', async () => {
  const { folder, remove } = await temporaryFolder();
  const ending = new AbortController();
  const processes = new Processes();
  const out = (text: string) => {
    if (text.includes('starting the server')) ending.abort();
  };
  const terminal = { out, err: () => undefined, interactive: false, now: Date.now };
  const options = { port: await freePort(), host: '127.0.0.1', data: folder, mergeMethod: 'squash', example: false, person: 'boss', reset: false, yes: true } as const;
  try {
    await expect(bringUp({ terminal, environment: {}, folder }, { options, processes, signal: ending.signal })).rejects.toThrow();
    await processes.end();
    await mkdir(join(folder, 'database'), { recursive: true });
    expect(await readNotes(folder, {})).toEqual({ backing: 'embedded', seeded: false });
  } finally {
    await processes.end();
    await remove();
  }
});
