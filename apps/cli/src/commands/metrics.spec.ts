import { API } from '@sluice/contracts';
import { START_TIMEOUT, TestSystem, eventually } from '../test-system.fixture.js';
import type { Answer } from '../test-system.fixture.js';

const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: shop }
spec:
  environments:
    - { name: dev, branch: dev }
    - { name: qa, branch: qa, from: [dev] }
  applications: [{ name: shop, paths: ["apps/**"] }]
`;
const FILE = 'apps/shop/config.yaml';
const config = (value: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: shop }\ndata: { value: "${value}" }\n`;

describe('delivery metrics on the command line', () => {
  const startedAt = Date.now();
  let system: TestSystem;
  beforeAll(async () => {
    system = await TestSystem.start({ main: { 'sluice.yaml': PIPELINE }, dev: { [FILE]: config('1') }, qa: { [FILE]: config('1') } });
    await system.rest();
    const clone = await system.clone('dev');
    await clone.commit({ [FILE]: config('2') });
    await clone.git('push', '--quiet', 'origin', 'HEAD:dev');
    await eventually('it is live in qa', async () => (await system.system.call(API.promotions, { query: { environment: 'qa' } })).items.some(({ state, kind }) => state === 'live' && kind === 'change'));
  }, START_TIMEOUT);
  afterAll(() => system?.stop(), 60_000);

  const sluice = (...args: readonly string[]): Promise<Answer> => system.sluice(args);

  it('are a table with units, and say what they mean', async () => {
    const { code, out } = await sluice('metrics');
    expect(code).toBe(0);
    expect(out).toMatch(/^environment +deployments +per day +lead time \(median\)/m);
    expect(out).toMatch(/^dev +– +– /m);
    expect(out).toMatch(/^qa +1 +\S+ +(\d+m )?\d+[ms].* 0% \(0 of 1\)/m);
    expect(out).toContain('docs/metrics.md');
  });

  it('are for machines what the server says', async () => {
    const { code, out } = await sluice('metrics', '--by', 'lane', '--since', '36h', '--output', 'json');
    expect(code).toBe(0);
    const { items, from, to } = API.deliveryMetrics.reply.parse(JSON.parse(out));
    expect(Date.parse(to) - Date.parse(from)).toBeLessThan(37 * 3_600_000);
    expect(items).toMatchObject([{ environment: 'dev', application: 'shop' }, { environment: 'qa', application: 'shop', figures: { deployments: { count: 1 } } }]);
  });

  it('are told by day, of one application', async () => {
    const { out } = await sluice('metrics', '--by', 'day', '--since', '2d', '--application', 'shop', '--environment', 'qa');
    expect(out).toMatch(/^\d{4}-\d{2}-\d{2} +1 /m);
  });

  it('are told by the days of a time zone', async () => {
    // always 14 hours ahead
    const today = (time: number) => new Date(time + 14 * 3_600_000).toISOString().slice(0, 10);
    const { out } = await sluice('metrics', '--by', 'day', '--since', '2d', '--environment', 'qa', '--timezone', 'Pacific/Kiritimati');
    const [, day] = /^(\S+) +1 /m.exec(out) ?? [];
    expect([today(startedAt), today(Date.now())]).toContain(day);
  });

  it.each([
    [['--since', 'yesterday'], 2, 'not a duration'],
    [['--since', '30000d'], 2, 'longer ago'],
    [['--since', '7d', '--from', '2026-11-01'], 2, 'say --since, or --from and --to'],
    [['--from', '2026-11-02', '--to', '2026-11-01'], 2, 'from'],
    [['--by', 'person'], 2, 'Allowed choices'],
    [['--environment', 'nowhere'], 4, 'there is no environment nowhere'],
    [['--repository', 'nowhere'], 4, 'there is no repository nowhere'],
  ])('refuse %j', async (args, code, message) => {
    expect(await sluice('metrics', ...args)).toMatchObject({ code, err: expect.stringContaining(message) });
  });

  it('explain themselves', async () => {
    expect((await sluice('metrics', '--help')).out).toContain('A deployment is content that became live');
  });
});
