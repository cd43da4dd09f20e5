import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { temporaryFolder } from '@sluice/testing';
import { freshLog } from './log-file.js';
import { Processes } from './supervised-process.js';

const LINES = 20_000;
const TALKS = `for (let line = 1; line <= ${LINES}; line++) {
  console.log(line);
  if (line % 100 === 0) await new Promise((rest) => setTimeout(rest, 2));
}
process.stdin.resume();
`;

describe('the log of a process', () => {
  let folder: string;
  let remove: () => Promise<void>;
  let processes: Processes | undefined;
  beforeEach(async () => ({ folder, remove } = await temporaryFolder()));
  afterEach(async () => {
    await processes?.end();
    await remove();
  });

  const linesOf = async (name: string): Promise<readonly number[]> => (await readFile(join(folder, name), 'utf8')).split('\n').filter(Boolean).map(Number);

  it('is begun again whenever it has become too large, and only so many are kept', async () => {
    const script = join(folder, 'talks.mjs');
    await writeFile(script, TALKS);
    const logFile = await freshLog(folder, 'talks');
    processes = new Processes({ largest: 10_000, kept: 2, every: 20 });
    processes.start({ script, logFile, environment: {}, onUnexpectedEnd: () => undefined });
    let files: readonly string[] = [];
    while (!(await allLines(files)).includes(LINES)) {
      await pause(50);
      files = await logs();
    }
    // nothing is cut any more from here on
    await processes.end();
    files = await logs();
    expect(files).toEqual(['talks.log', 'talks.log.1', 'talks.log.2']);
    // what is kept is the end, in order
    const kept = [...(await linesOf('talks.log.2')), ...(await linesOf('talks.log.1')), ...(await linesOf('talks.log'))];
    expect(kept).toEqual(kept.toSorted((one, other) => one - other));
    expect(new Set(kept).size).toBe(kept.length);
    expect(kept.length).toBeLessThan(LINES);
  });

  async function logs(): Promise<readonly string[]> {
    return (await readdir(folder)).filter((name) => name.startsWith('talks.log')).toSorted();
  }

  async function allLines(files: readonly string[]): Promise<readonly number[]> {
    return (await Promise.all(files.map((name) => linesOf(name).catch(() => [])))).flat();
  }

  it('is empty at each start, beside those of the starts before', async () => {
    for (const run of ['1', '2', '3', '4', '5']) await writeFile(await freshLog(folder, 'server'), run);
    const files = (await readdir(folder)).toSorted();
    expect(files).toEqual(['server.log', 'server.log.1', 'server.log.2', 'server.log.3']);
    expect(await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))).toEqual(['5', '4', '3', '2']);
  });
});
