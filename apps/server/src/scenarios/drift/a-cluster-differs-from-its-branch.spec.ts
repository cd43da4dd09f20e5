import { clusterName, environmentName, instant, personName } from '@sluice/kernel';
import { fileDrift } from '@sluice/sync-plan';
import { AcceptReport, CaptureDrift, ReadAssignment, ReadDrift, ReadMatrix, ReadWhy, UnownedPaths } from '@sluice/usecases';
import type { CapturedDrift, IncomingDrift } from '@sluice/usecases';
import { CART, CHECKOUT, branches, deployment } from '../shop.fixture.js';
import { describeWorlds } from '../describe-worlds.fixture.js';
import type { Shop } from '../world.fixture.js';

const REPORT = '      drift: { mode: report, ignore: [{ kind: Deployment, fields: [spec.replicas, "spec.template.spec.containers[*].image"] }] }';
const prod = (fields = {}) => deployment('checkout', { replicas: 4, registry: 'registry.prod.example.org', ...fields });
const bytes = (text: string) => ({ mode: '100644', bytes: new TextEncoder().encode(text) });

// Design, agent.md: drift is seen, reverted or reported by the environment's policy, shown, and made a request of.
describeWorlds('drift', (world) => {
  let sequence = 0;
  async function found(shop: Shop, path: string, text: string | undefined, reverted: boolean): Promise<IncomingDrift> {
    const wanted = await shop.file('prod', path);
    const place = { path, reverted, at: instant(1_000) };
    if (text === undefined) return { ...place, kind: 'missing' };
    return wanted === undefined ? { ...place, kind: 'foreign' } : { ...place, kind: 'modified', diff: fileDrift({ path, wanted: bytes(wanted), live: bytes(text), ignore: [] }) };
  }
  /** The agent of prod says what it runs, and what it found there instead of what git has. */
  async function reports(shop: Shop, live: Readonly<Record<string, string | undefined>>, { reverted = false } = {}): Promise<void> {
    await shop.settle();
    const { ports } = world();
    const cluster = await shop.cluster('prod');
    const commit = (await ports.environments.state(shop.id, cluster.environment))?.assigned;
    const drift: IncomingDrift[] = [];
    for (const [path, text] of Object.entries(live)) drift.push(await found(shop, path, text, reverted));
    sequence += 1;
    const health = drift.some(({ kind }) => kind !== 'foreign') && !reverted ? 'Failed' : 'Current';
    await new AcceptReport({ ...ports, index: ports.environments }).run(cluster, { sequence, ...(commit && { commit }), phase: 'synced', message: '', health, resources: [], drift, digest: String(sequence) }, 'test');
    await shop.settle();
  }
  const shown = async (shop: Shop) => (await new ReadDrift(world().ports).run({ repository: shop.id, environment: environmentName('prod') }))[0];
  const capture = (shop: Shop, places: readonly string[] = [], person = 'ada'): Promise<CapturedDrift> =>
    new CaptureDrift(world().ports).run({ repository: shop.id, environment: environmentName('prod'), cluster: clusterName(`${shop.id}-prod`), places, person: personName(person) });
  const shop = (fields: Parameters<typeof branches>[0] = {}) => world().repository(branches(fields));

  it('is seen with what differs, until the agent finds none', async () => {
    const mine = await shop();
    await reports(mine, { [CHECKOUT]: prod({ level: 'trace' }) });
    expect(await shown(mine)).toMatchObject({ mode: 'revert', places: [{ path: CHECKOUT, kind: 'modified', reverted: false, diff: { fields: [{ field: 'spec.template.spec.containers[checkout].env[LOG_LEVEL].value', wanted: '"info"', live: '"trace"' }] } }] });
    const { cells } = await new ReadMatrix({ ...world().ports, unownedPaths: new UnownedPaths(world().ports.mirrors) }, world().ports.clock).run(mine.id);
    expect(cells.filter(({ environment }) => environment === 'prod').map(({ application, drift }) => [application, drift])).toEqual([['checkout', 1], ['cart', 0]]);
    await reports(mine, {});
    expect(await shown(mine)).toMatchObject({ places: [] });
  });

  it('that is only reported is a reason why things wait', async () => {
    const mine = await shop({ prod: REPORT });
    await reports(mine, { [CHECKOUT]: prod({ level: 'trace' }), [CART]: undefined, 'apps/mine.txt': 'mine' });
    const { items } = await new ReadWhy(world().ports, world().ports.clock).run({ repository: mine.id, environment: environmentName('prod') });
    expect(items.flatMap(({ verdicts }) => verdicts)).toContainEqual(expect.objectContaining({ type: 'cluster', outcome: 'fail', message: `differs from what was applied: ${CHECKOUT} is modified, ${CART} is missing` }));
  });

  it('that was put back is no such reason, and still shown', async () => {
    const mine = await shop();
    await reports(mine, { [CHECKOUT]: prod({ level: 'trace' }) }, { reverted: true });
    const { items } = await new ReadWhy(world().ports, world().ports.clock).run({ repository: mine.id, environment: environmentName('prod') });
    expect(items.flatMap(({ verdicts }) => verdicts).filter(({ type }) => type === 'cluster')).toEqual([]);
    expect(await shown(mine)).toMatchObject({ places: [{ reverted: true, diff: { fields: [{ live: '"trace"' }] } }] });
  });

  it('is ignored where the pipeline says so: agents are told which fields', async () => {
    const mine = await shop({ prod: REPORT });
    const { repositories, environments, rollouts } = world().ports;
    const read = new ReadAssignment(repositories, environments, rollouts);
    expect(await read.run(await mine.cluster('prod'))).toMatchObject({ drift: 'report', driftIgnore: [{ kind: 'Deployment', path: ['spec', 'replicas'] }, { kind: 'Deployment', path: ['spec', 'template', 'spec', 'containers', '*', 'image'] }] });
    expect(await read.run(await mine.cluster('qa'))).not.toHaveProperty('driftIgnore');
  });

  it('and health of kinds of their own are judged by what the pipeline says, which agents are told too', async () => {
    const mine = await shop();
    const { repositories, environments, rollouts } = world().ports;
    const read = new ReadAssignment(repositories, environments, rollouts);
    expect(await read.run(await mine.cluster('qa'))).not.toHaveProperty('healthRules');
    const text = (await mine.file('main', 'sluice.yaml')) ?? '';
    await mine.commit('main', { 'sluice.yaml': `${text}  health: [{ apiVersion: example.com/v1, kind: Shop, current: "object.status.phase == 'Ready'" }]\n` });
    await mine.settle();
    expect(await read.run(await mine.cluster('qa'))).toMatchObject({ healthRules: [{ apiVersion: 'example.com/v1', kind: 'Shop', current: "object.status.phase == 'Ready'" }] });
  });

  describe('becomes a request', () => {
    it('on the branch of its environment, from the commit that the cluster runs, by who asked', async () => {
      const mine = await shop();
      await reports(mine, { [CHECKOUT]: prod({ level: 'trace' }) });
      const { request, captured, left } = await capture(mine);
      expect(await mine.audited('drift.capture')).toEqual([expect.stringMatching(/ drift\.capture$/)]);
      expect([captured, left]).toEqual([[CHECKOUT], []]);
      expect(request).toMatchObject({ state: 'open', draft: false, sourceBranch: `sluice/drift/prod/${mine.id}-prod`, targetBranch: 'prod', title: `Take over into prod what was changed in ${mine.id}-prod` });
      expect(request.body).toContain('`spec.template.spec.containers[checkout].env[LOG_LEVEL].value`: `"info"` → `"trace"`');
      expect(await mine.file(request.sourceBranch, CHECKOUT)).toBe(prod({ level: 'trace' }));
      expect(await mine.git('log', '-1', '--format=%an <%ae>', `forge/${request.sourceBranch}`)).toBe('ada <ada@example.org>');
      expect(await mine.git('rev-parse', `forge/${request.sourceBranch}^`)).toBe(await mine.head('prod'));
    });

    it('that brings what the cluster has when it is merged, and is a hotfix from then on', async () => {
      const mine = await shop();
      await reports(mine, { [CHECKOUT]: prod({ level: 'trace' }) });
      const { request } = await capture(mine);
      expect(await mine.mergeOnForge(request.number, request.head)).toBe('merged');
      await mine.settle();
      expect(await mine.file('prod', CHECKOUT)).toBe(prod({ level: 'trace' }));
      expect((await mine.requests()).map(({ sourceBranch }) => sourceBranch)).toContain('sluice/backflow/dev/checkout/prod');
    });

    it('that stays one when it is asked for again, with what differs now', async () => {
      const mine = await shop();
      await reports(mine, { [CHECKOUT]: prod({ level: 'trace' }) });
      const first = await capture(mine);
      await reports(mine, { [CHECKOUT]: prod({ level: 'debug' }) });
      const second = await capture(mine);
      expect(second.request.number).toBe(first.request.number);
      expect(second.request.body).toContain('"debug"');
      expect(await mine.file(second.request.sourceBranch, CHECKOUT)).toBe(prod({ level: 'debug' }));
    });

    it('also of what was put back, and of what was deleted', async () => {
      const mine = await shop();
      await reports(mine, { [CHECKOUT]: prod({ level: 'trace' }), [CART]: undefined }, { reverted: true });
      const { request } = await capture(mine);
      expect(await mine.file(request.sourceBranch, CHECKOUT)).toBe(prod({ level: 'trace' }));
      expect(await mine.file(request.sourceBranch, CART)).toBeUndefined();
    });

    it('of one place alone', async () => {
      const mine = await shop();
      await reports(mine, { [CHECKOUT]: prod({ level: 'trace' }), [CART]: undefined });
      const { request, captured } = await capture(mine, [CHECKOUT]);
      expect(captured).toEqual([CHECKOUT]);
      expect(await mine.file(request.sourceBranch, CART)).toBeDefined();
    });

    it('of an object of a cluster, in the manifest that has it', async () => {
      const mine = await shop();
      await mine.settle();
      const { ports } = world();
      const cluster = await mine.cluster('prod');
      const commit = await mine.head('prod');
      const diff = { fields: [{ field: 'spec.replicas', wanted: '4', live: '9', by: 'kubectl-edit' }], capture: { fields: [{ path: ['spec', 'replicas'], value: '9' }] } };
      const object = 'Deployment.apps shop/checkout';
      await new AcceptReport({ ...ports, index: ports.environments }).run(cluster, { sequence: ++sequence, commit, phase: 'synced', message: '', health: 'Failed', resources: [], drift: [{ path: CHECKOUT, object, kind: 'modified', reverted: false, at: instant(1), diff }], digest: 'x' }, 'test');
      const { request, captured } = await capture(mine, [object]);
      expect(captured).toEqual([`${CHECKOUT}#${object}`]);
      expect(request.body).toContain('(kubectl-edit)');
      expect(await mine.file(request.sourceBranch, CHECKOUT)).toBe(prod({ replicas: 9 }));
    });
  });

  describe('is not taken over', () => {
    const secret = (value: string) => `apiVersion: v1\nkind: Secret\nmetadata: { name: key }\nstringData: { key: ${value} }\n`;

    it.each([
      ['of a Secret', 'apps/checkout/secret.yaml', secret('hunter2'), 'is or holds a Secret'],
      ['of what git never had', 'apps/checkout/mine.yaml', 'a: 1\n', 'git never had it'],
    ])('%s', async (...[, path, live, message]) => {
      const mine = await shop();
      if (path.includes('secret')) await mine.commit('prod', { [path]: secret('first') });
      await reports(mine, { [path]: live });
      await expect(capture(mine, [path])).rejects.toThrow(message);
      expect(JSON.stringify(await shown(mine))).not.toContain('hunter2');
      expect((await mine.requests()).filter(({ sourceBranch }) => sourceBranch.startsWith('sluice/drift/'))).toEqual([]);
    });

    it('of nothing', async () => {
      const mine = await shop();
      await reports(mine, {});
      await expect(capture(mine)).rejects.toThrow(`nothing differs in ${mine.id}-prod that git has not`);
      await expect(capture(mine, ['x.yaml'])).rejects.toThrow('nothing that is called x.yaml differs there');
    });

    it('by somebody without the right', async () => {
      const text = branches({ prod: REPORT });
      const pipeline = text['main']?.['sluice.yaml'] ?? '';
      const mine = await world().repository({ ...text, main: { 'sluice.yaml': `${pipeline}  roles:\n    - { role: promoter, who: ["person:ada"], applications: [checkout] }\n    - { role: viewer, who: ["*"] }\n` } });
      await reports(mine, { [CHECKOUT]: prod({ level: 'trace' }), [CART]: undefined });
      await expect(capture(mine, [], 'eve')).rejects.toThrow('not promoter');
      await expect(capture(mine, [], 'ada')).rejects.toThrow('not promoter');
      expect((await capture(mine, [CHECKOUT], 'ada')).captured).toEqual([CHECKOUT]);
    });

    it('from a cluster that has not reported, is elsewhere or was shut out', async () => {
      const mine = await shop();
      await expect(capture(mine)).rejects.toThrow('there is no cluster');
      await mine.cluster('prod');
      await expect(capture(mine)).rejects.toThrow('has not reported yet');
      await world().ports.clusters.revoke(clusterName(`${mine.id}-prod`));
      await expect(capture(mine)).rejects.toThrow('there is no cluster');
    });
  });
});
