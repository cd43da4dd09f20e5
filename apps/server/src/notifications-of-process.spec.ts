import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { API } from '@sluice/contracts';
import { openEmbeddedPostgres } from '@sluice/embedded-postgres';
import { lockFolder } from '@sluice/runtime';
import { createStore, type Store } from '@sluice/store-postgres';
import { embeddedTemplate } from '@sluice/testing';
import { ServerHome } from './server-process.fixture.js';
import { START_TIMEOUT } from './test-server.fixture.js';

describe('a server that is killed between telling somebody and noting it', () => {
  let home: ServerHome;
  let receiver: Server;
  const ids: string[] = [];
  let answer: (response: ServerResponse) => void = () => undefined;
  beforeAll(async () => {
    home = await ServerHome.make();
    receiver = createServer((request, response) => {
      ids.push(String(request.headers['webhook-id']));
      request.resume();
      answer(response);
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    receiver.closeAllConnections();
    receiver.close();
    await home.remove();
  });

  /** What is in its database, while no server runs. */
  async function inDatabase<T>(work: (store: Store, query: (text: string) => Promise<unknown>) => Promise<T>): Promise<T> {
    const database = await openEmbeddedPostgres({ folder: join(home.folder, 'data/database'), lock: lockFolder });
    const store = createStore(database.pool);
    try {
      return await work(store, (text) => database.pool.query(text));
    } finally {
      await store.close();
      await database.close();
    }
  }

  it(
    'tells it again, with the same id, and then no more',
    async () => {
      const environment = { SLUICE_DATABASE_TEMPLATE: embeddedTemplate(), SLUICE_OUTBOUND_ALLOW: '127.0.0.1/32', SLUICE_ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'), SLUICE_NOTIFY_DEFAULT: 'webhook:hook' };
      const first = home.start(environment);
      await home.untilReady(first);
      const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
      const added = await fetch(`http://127.0.0.1:${home.port}${API.addNotifyEndpoint.path}`, { method: 'POST', headers: { authorization: `Bearer ${home.token}`, 'content-type': 'application/json' }, body: JSON.stringify({ name: 'hook', url }) });
      expect(added.status).toBe(201);
      first.child.stdin?.end();
      expect(await first.exit()).toBe(0);
      await inDatabase((store) => store.events.append({ type: 'break-glass.used', message: 'ada used break-glass' }));

      // it sends, and dies before it hears the answer
      const heard = new Promise<void>((resolve) => (answer = () => resolve()));
      const second = home.start(environment);
      await heard;
      second.child.kill('SIGKILL');
      await second.exit();
      // the lease of the dead ends within ten seconds: nobody waits for that here
      const left = await inDatabase(async (store, query) => {
        expect(await query(`select count(*)::int as held from sluice.leases where key = 'notifications' and expires_at > now() + interval '10 seconds'`)).toMatchObject({ rows: [{ held: 0 }] });
        await query('delete from sluice.leases');
        return store.notifications.list({ limit: 10 });
      });
      expect(left.map(({ state, attempts }) => [state, attempts])).toEqual([['waiting', 0]]);

      answer = (response) => response.writeHead(204).end();
      const third = home.start(environment);
      await home.untilReady(third);
      for (let sent = false; !sent; ) {
        const { items } = API.notifications.reply.parse(await home.until(third, API.notifications.path, ({ ok }) => ok));
        sent = items[0]?.state === 'sent';
      }
      expect(ids).toEqual([left[0]?.message.kind === 'one' ? left[0].message.notice.id : '', ids[0]]);
      third.child.stdin?.end();
      expect(await third.exit()).toBe(0);
    },
    // three servers start in it
    2 * START_TIMEOUT,
  );
});
