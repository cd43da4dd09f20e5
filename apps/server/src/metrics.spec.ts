import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { z } from 'zod';
import { ON_EMBEDDED, START_TIMEOUT, startTestServer, type TestServer } from './test-server.fixture.js';

const rules = z.object({
  groups: z.array(
    z.object({
      rules: z.array(z.object({ alert: z.string(), expr: z.string(), for: z.string(), labels: z.object({ severity: z.enum(['critical', 'warning']) }), annotations: z.object({ summary: z.string().min(10), description: z.string().min(10) }) })),
    }),
  ),
});

describe('the alerting rules for Prometheus', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer(ON_EMBEDDED, { environment: { SLUICE_ROLES: 'api,worker,forge' } });
  }, START_TIMEOUT);
  afterAll(() => server.stop());

  it('ask only for metrics that the server has', async () => {
    const { body } = await server.call('GET', '/metrics');
    const known = new Set([...String(body).matchAll(/^# TYPE (\w+) (\w+)$/gm)].flatMap(([, name = '', type]) => (type === 'histogram' ? [`${name}_bucket`, `${name}_count`, `${name}_sum`] : [name])));
    const file = rules.parse(load(await readFile(join(import.meta.dirname, '../../../infra/alerts/sluice.rules.yaml'), 'utf8')));
    const asked = file.groups.flatMap((group) => group.rules.flatMap(({ expr }) => expr.match(/\bsluice_\w+/g) ?? []));
    expect(asked.length).toBeGreaterThan(4);
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
  });

  it('find bots for Slack there: when each was last there, what keeps it from telling people, and how much waits for that', async () => {
    const trouble = { where: 'C7', reason: 'is_archived', message: 'unarchive it', since: '2026-01-01T00:00:30.000Z' };
    const state = { team: 'T7', hearing: 'socket', channels: ['C7'], since: '2026-01-01T00:00:00.000Z', seenAt: '2026-01-01T00:01:00.000Z', troubles: [trouble], untold: [{ channel: 'C7', repository: 'shop', promotion: 'qa-cart-1' }] };
    await server.ports.botNotes.put({ key: 'slack:state:T7', value: JSON.stringify(state) });
    const lines = String((await server.call('GET', '/metrics')).body).split('\n');
    expect(lines).toEqual(expect.arrayContaining(['sluice_slack_bot_seen_timestamp_seconds{team="T7"} 1767225660', 'sluice_slack_bot_troubles{team="T7",where="C7",reason="is_archived"} 1', 'sluice_slack_bot_untold{team="T7"} 1']));
  });
});
