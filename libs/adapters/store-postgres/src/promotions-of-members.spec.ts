import { applicationName, environmentName, repositoryId } from '@sluice/kernel';
import { describeCombinations, type Services } from '@sluice/testing';
import type { PromotionFilter } from '@sluice/usecases';
import type pg from 'pg';
import { Database } from './database.js';
import { openStore } from './opened-store.fixture.js';
import { PostgresPromotions } from './promotions.js';

/** Enough that reading all of them is dearer than asking an index. */
const PROMOTIONS = 20_000;
const [CART, SHOP] = [applicationName('cart'), repositoryId('shop')];

interface Statement {
  readonly text: string;
  readonly values: unknown[];
}

/** The same pool; what is asked of it is written down. */
function recording(pool: pg.Pool, seen: Statement[]): pg.Pool {
  return new Proxy(pool, {
    get: (target, key): unknown => {
      if (key !== 'query') return Reflect.get(target, key) as unknown;
      return (query: { readonly text: string }, values: unknown[] = []) => {
        seen.push({ text: query.text, values });
        return target.query(query as pg.QueryConfig, values);
      };
    },
  });
}

describeCombinations('promotions of several applications', (combination) => {
  let services: Services;
  let opened: Awaited<ReturnType<typeof openStore>>;
  beforeAll(async () => {
    services = await combination.start();
    opened = await openStore(services);
    // of 200 applications each is in the promotions of its own lane; cart in five of other lanes as well
    await opened.pool.query(
      `insert into sluice.promotions (repository, id, application, target, state, created_at, version, document)
       select 'shop', 'p' || i, 'app-' || i % 200, 'prod', 'live', to_timestamp(i), 1,
              jsonb_build_object('candidate', case when i % 4000 = 7 then '{"members": [{"application": "app-7"}, {"application": "cart"}]}'::jsonb when i % 3 = 0 then jsonb_build_object('members', jsonb_build_array(jsonb_build_object('application', 'app-' || i % 200), jsonb_build_object('application', 'app-' || (i + 1) % 200))) else '{}'::jsonb end)
       from generate_series(1, ${PROMOTIONS}) i`,
    );
    await opened.pool.query('vacuum analyze sluice.promotions');
  }, 120_000);
  afterAll(async () => {
    await opened?.close();
    await services?.stop();
  });

  async function planOf(filter: PromotionFilter): Promise<string> {
    const seen: Statement[] = [];
    // what it finds is none that could be read
    await new PostgresPromotions(new Database(recording(opened.pool, seen))).list(filter).catch(() => undefined);
    const [statement] = seen;
    const { rows } = await opened.pool.query<Record<string, string>>(`explain ${statement?.text ?? ''}`, statement?.values);
    return rows.map((row) => Object.values(row).join('')).join('\n');
  }

  it.each([
    ['in one environment', { repository: SHOP, target: environmentName('prod'), application: CART, limit: 100 }],
    ['in all of them', { repository: SHOP, application: CART, limit: 100 }],
    ['in some states', { repository: SHOP, target: environmentName('prod'), application: CART, states: ['live', 'rolling-out'], limit: 100 }],
  ] as const)('are found by any of them with an index, %s', async (_, filter) => {
    const plan = await planOf(filter);
    expect(plan).toContain('Bitmap Index Scan on promotions_members');
    expect(plan).not.toContain('Seq Scan');
  });
});
