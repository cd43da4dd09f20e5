import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fastImport, runGit } from '@sluice/git-process';
import { InvalidInput, NotFound, applicationName, commitSha, environmentName } from '@sluice/kernel';
import type { CommitSha } from '@sluice/kernel';
import { PlanContent } from '@sluice/usecases';
import type { ContentPlan, PlanItem, SentContent } from '@sluice/usecases';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, branches, deployment } from '../shop.fixture.js';
import type { TextFiles } from '../work-tree.fixture.js';
import type { Shop } from '../world.fixture.js';

const GATED = '      merge: manual';
const AUTHOR = { name: 'Ada', email: 'ada@example.org', date: 1_700_000_000 };

describeWorlds('a plan of content that nobody has pushed', (world) => {
  let folder: string;
  let count = 0;
  beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), 'sluice-clone-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const begun = async (): Promise<Shop> => {
    const shop = await world().repository(branches({ qa: GATED, prod: GATED }));
    await shop.settle();
    return shop;
  };

  /** A commit in a clone of the shop, on this one of the shop's (none: with a history of its own). */
  async function unpushed(shop: Shop, parent: CommitSha | undefined, files: TextFiles): Promise<{ readonly commit: CommitSha; readonly pack: Buffer }> {
    const clone = join(folder, `${++count}.git`);
    await runGit(['clone', '--quiet', '--bare', '--end-of-options', world().forge.gitDir(shop.id), clone], { allowLocal: true });
    const edits = Object.entries(files).map(([path, text]) => (text === null ? { path } : { path, file: { mode: '100644', bytes: Buffer.from(text) } }));
    const { commit } = await fastImport(clone, { parents: parent ? [parent] : [], edits, message: 'mine', author: AUTHOR });
    const { stdout } = await runGit(['pack-objects', '--stdout', '--revs', '--thin', '--quiet'], { gitDir: clone, input: `${commit}\n${parent ? `^${parent}\n` : ''}` });
    return { commit: commitSha(commit), pack: stdout };
  }

  const planContent = (shop: Shop, request: Omit<SentContent, 'repository'>): Promise<ContentPlan> => new PlanContent(world().ports).run({ repository: shop.id, application: applicationName('checkout'), ...request });

  const imagesOf = (items: readonly PlanItem[]): Readonly<Record<string, string | undefined>> =>
    Object.fromEntries(items.map((item) => [item.environment, item.changes.flatMap((change) => change.fields.map(({ after }) => after?.replaceAll('"', '')))[0]]));

  const release = (tag: string): TextFiles => ({ [CHECKOUT]: deployment('checkout', { tag }) });

  it('shows what each environment after it would get, composed on what that owns', async () => {
    const shop = await begun();
    const base = await shop.head('dev');
    const plan = await planContent(shop, await unpushed(shop, base, release('2.0')));
    expect(imagesOf(plan.items)).toEqual({ qa: 'registry.example.org/shop/checkout:2.0', prod: 'registry.prod.example.org/checkout:2.0' });
    expect([plan.as, plan.base, plan.behind, plan.items.map(({ after }) => after)]).toEqual(['dev', base, 0, [undefined, 'qa']]);
    // the commit that a merge into dev makes is another one
    expect(plan.items.map(({ digest }) => digest)).toEqual([undefined, undefined]);
  });

  it('is what comes once it is pushed', async () => {
    const shop = await world().repository(branches());
    await shop.settle();
    const { items } = await planContent(shop, await unpushed(shop, await shop.head('dev'), release('2.0')));
    await shop.commit('dev', release('2.0'));
    await shop.settle();
    const wanted = imagesOf(items);
    expect(await shop.file('qa', CHECKOUT)).toContain(wanted['qa']);
    expect(await shop.file('prod', CHECKOUT)).toContain(wanted['prod']);
  });

  it('takes it as the content of the environment that is named', async () => {
    const shop = await begun();
    const plan = await planContent(shop, { ...(await unpushed(shop, await shop.head('qa'), { [CHECKOUT]: deployment('checkout', { tag: '3.0', replicas: 2 }) })), as: environmentName('qa') });
    expect([plan.as, imagesOf(plan.items)]).toEqual(['qa', { prod: 'registry.prod.example.org/checkout:3.0' }]);
  });

  it('takes it, unless one is named, as the content of the environment that it is based on', async () => {
    const shop = await begun();
    expect((await planContent(shop, await unpushed(shop, await shop.head('qa'), release('3.0')))).as).toBe('qa');
    const last = await planContent(shop, await unpushed(shop, await shop.head('prod'), release('3.0')));
    expect([last.as, last.items]).toEqual(['prod', []]);
  });

  it('says how far behind its environment it is', async () => {
    const shop = await begun();
    const content = await unpushed(shop, await shop.head('dev'), release('2.0'));
    await shop.commit('dev', { 'README.md': 'newer' });
    expect((await planContent(shop, content)).behind).toBe(1);
  });

  it('changes nothing: no branch, no object, no request, no folder', async () => {
    const shop = await begun();
    const gitDir = world().forge.gitDir(shop.id);
    const all = async (): Promise<readonly string[]> => {
      // what promotions were composed from is pinned a little later, whoever plans
      const refs = (await runGit(['for-each-ref'], { gitDir })).stdout.toString().split('\n').filter((ref) => !ref.includes('refs/sluice/base/')).join('\n');
      const objects = (await runGit(['cat-file', '--batch-all-objects', '--batch-check'], { gitDir })).stdout.toString();
      const folders = await readdir(join(dirname(dirname(gitDir)), 'mirrors'));
      return [refs, objects, folders.sort().join(' '), JSON.stringify(await shop.requests())];
    };
    const content = await unpushed(shop, await shop.head('dev'), release('2.0'));
    const before = await all();
    expect((await planContent(shop, content)).items).toHaveLength(2);
    await expect(planContent(shop, { ...content, pack: content.pack.subarray(0, 40) })).rejects.toThrow(InvalidInput);
    await shop.settle();
    expect(await all()).toEqual(before);
  });

  it('tells which of a clone’s commits the repository has', async () => {
    const shop = await begun();
    const { commit } = await unpushed(shop, await shop.head('dev'), release('2.0'));
    const head = await shop.head('prod');
    expect(await new PlanContent(world().ports).known({ repository: shop.id, commits: [commit, head] })).toEqual([head]);
  });

  it('blocks on a manifest that cannot be read, as a promotion would', async () => {
    const shop = await begun();
    const { items } = await planContent(shop, await unpushed(shop, await shop.head('dev'), { [CHECKOUT]: 'a: [\n' }));
    expect(items.map(({ outcome }) => outcome)).toEqual(['conflict', 'blocked']);
  });

  it.each([
    ['a commit that the pack does not have', async (shop: Shop) => ({ ...(await unpushed(shop, await shop.head('dev'), release('2.0'))), commit: commitSha('a'.repeat(40)) }), InvalidInput],
    ['an environment that does not exist', async (shop: Shop) => ({ ...(await unpushed(shop, await shop.head('dev'), release('2.0'))), as: environmentName('nowhere') }), NotFound],
    ['an application that does not exist', async (shop: Shop) => ({ ...(await unpushed(shop, await shop.head('dev'), release('2.0'))), application: applicationName('nothing') }), NotFound],
  ])('is refused for %s', async (_, make, error) => {
    const shop = await begun();
    await expect(make(shop).then((request) => planContent(shop, request))).rejects.toThrow(error);
  });
});
