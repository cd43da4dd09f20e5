import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { API } from '@sluice/contracts';
import { CONFIG_FILE, SECRET_FILE, secret, shopPipeline } from '../shop-repository.fixture.js';
import { START_TIMEOUT, TestSystem, eventually } from '../test-system.fixture.js';
import type { Answer } from '../test-system.fixture.js';

const PIPELINE = shopPipeline({ qa: 'drift: { mode: report, ignore: [{ kind: ConfigMap, fields: [data.scratch] }] }' });
const config = (value: string, scratch = 'none'): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: shop }\ndata:\n  value: "${value}" # calm\n  scratch: ${scratch}\n`;

// One story: somebody changes files of a machine by hand; that is seen, shown, taken over into git, and comes back.
describe('drift on the command line', () => {
  let system: TestSystem;
  let cluster: string;
  beforeAll(async () => {
    const files = { [CONFIG_FILE]: config('1'), [SECRET_FILE]: secret('first'), 'apps/shop/gone.txt': 'x\n' };
    system = await TestSystem.start({ main: { 'sluice.yaml': PIPELINE }, dev: files, qa: files });
    await system.rest();
    await eventually('qa runs', async () => (await clusters()).some(({ environment, phase }) => environment === 'qa' && phase === 'synced'));
    cluster = (await clusters()).find(({ environment }) => environment === 'qa')?.name ?? '';
  }, START_TIMEOUT);
  afterAll(() => system?.stop(), 60_000);

  const sluice = (...args: readonly string[]): Promise<Answer> => system.sluice(args);
  const clusters = async () => (await system.system.call(API.clusters)).items;
  const target = (path: string): string => join(system.folder, 'data', 'targets', 'qa', path);
  const places = async () => (await system.system.call(API.drift, { params: { repository: system.system.repositoryId }, query: { environment: 'qa' } })).items[0]?.places ?? [];

  it('is nothing at first', async () => {
    expect(await sluice('drift')).toMatchObject({ code: 0, out: 'Everything is as it was applied.' });
    expect(await sluice('drift', 'nowhere')).toMatchObject({ code: 4, err: expect.stringContaining('nowhere') });
    expect(await sluice('drift', 'capture', 'qa', 'nowhere')).toMatchObject({ code: 4 });
    expect(await sluice('drift', 'capture', 'qa', cluster)).toMatchObject({ code: 5, err: expect.stringContaining(`nothing differs in ${cluster}`) });
  });

  it('is nothing in a field that the pipeline ignores', async () => {
    await writeFile(target(CONFIG_FILE), config('1', 'mine'));
    await writeFile(target('mine.txt'), 'mine');
    await eventually('the foreign file is seen', async () => (await places()).some(({ kind }) => kind === 'foreign'));
    expect(await places()).toEqual([expect.objectContaining({ path: 'mine.txt', kind: 'foreign' })]);
    expect(await readFile(target(CONFIG_FILE), 'utf8')).toBe(config('1', 'mine'));
  });

  it('is shown field by field, with what is secret masked', async () => {
    await writeFile(target(CONFIG_FILE), config('2', 'mine'));
    await writeFile(target(SECRET_FILE), secret('hunter2'));
    await rm(target('apps/shop/gone.txt'));
    await eventually('all of it is seen', async () => (await places()).filter(({ kind }) => kind !== 'foreign').length === 3);
    const { code, out } = await sluice('drift', 'qa');
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^${cluster} runs [0-9a-f]{10} of qa, as reported \\S+ ago; what differs is only reported\n`));
    expect(out).toMatch(/apps\/shop\/config\.yaml +modified +\S+ +data\.value +"1" +"2"/);
    expect(out).toMatch(/apps\/shop\/secret\.yaml +modified +\S+ +stringData\.key +"\(masked\)" +"\(masked\)"/);
    expect(out).toMatch(/apps\/shop\/gone\.txt +missing/);
    expect(out).toMatch(/mine\.txt +not ours/);
    expect(out).not.toMatch(/hunter2|scratch/);
    expect((await sluice('--output', 'json', 'drift')).out).not.toContain('hunter2');
    expect((await sluice('clusters')).out).toMatch(new RegExp(`${cluster} .* 4 `));
    expect((await sluice('why', 'shop', 'qa')).out).toContain('differs from what was applied: apps/shop/config.yaml is modified');
  });

  it('becomes a request, without the Secret, and what is ignored comes along', async () => {
    expect(await sluice('drift', 'capture', 'qa', cluster, 'nothing.yaml')).toMatchObject({ code: 4, err: expect.stringContaining('nothing that is called nothing.yaml differs there') });
    expect(await sluice('drift', 'capture', 'qa', cluster, SECRET_FILE)).toMatchObject({ code: 5, err: expect.stringContaining('is or holds a Secret') });
    const { code, out } = await sluice('drift', 'capture', 'qa', cluster);
    expect([code, out]).toEqual([0, expect.stringMatching(/^request \d+ \(\S+\) into qa has apps\/shop\/config\.yaml, apps\/shop\/gone\.txt\nnot in it apps\/shop\/secret\.yaml: /)]);
    const [request] = (await system.system.call(API.changes, { params: { repository: system.system.repositoryId }, query: { state: 'open', sourceBranch: `sluice/drift/qa/${cluster}` } })).items;
    expect(request).toMatchObject({ targetBranch: 'qa', title: `Take over into qa what was changed in ${cluster}`, body: expect.stringContaining('`data.value`: `"1"` → `"2"`') });
    const clone = await system.clone(`sluice/drift/qa/${cluster}`);
    expect(await readFile(join(clone.folder, CONFIG_FILE), 'utf8')).toBe(config('2', 'mine'));
    expect(await clone.git('diff', '--stat', 'HEAD^')).not.toContain('secret');
    // again is the same request
    expect((await sluice('drift', 'capture', 'qa', cluster, CONFIG_FILE)).out).toContain(`request ${request?.number} `);
  });

  it('is none any more when that is merged', async () => {
    const [request] = (await system.system.call(API.changes, { params: { repository: system.system.repositoryId }, query: { state: 'open', sourceBranch: `sluice/drift/qa/${cluster}` } })).items;
    await system.system.call(API.mergeChange, { params: { repository: system.system.repositoryId, number: request?.number ?? 0 }, body: { expectedHead: request?.head ?? '' } });
    await eventually('git has it', async () => (await places()).every(({ path, reverted }) => reverted || path !== CONFIG_FILE));
    expect(await readFile(target(CONFIG_FILE), 'utf8')).toBe(config('2', 'mine'));
  });
});
