import { API } from '@sluice/contracts';
import { embeddedTemplate } from '@sluice/testing';
import { ServerHome } from './server-process.fixture.js';
import { START_TIMEOUT } from './test-server.fixture.js';

const ENVIRONMENT = { SLUICE_DATABASE_TEMPLATE: embeddedTemplate() };
const ENOUGH = 25;

describe('a server that is killed while people write', () => {
  let home: ServerHome;
  beforeAll(async () => void (home = await ServerHome.make()));
  afterAll(() => home.remove());

  it(
    'has recorded everything that it answered, nothing that it did not do, and its chain goes on',
    async () => {
      const first = home.start(ENVIRONMENT);
      await home.untilReady(first);
      const answered: string[] = [];
      const write = async (name: string): Promise<void> => {
        const answer = await fetch(`http://127.0.0.1:${home.port}${API.savePerson.path}`, { method: 'POST', headers: { authorization: `Bearer ${home.token}`, 'content-type': 'application/json' }, body: JSON.stringify({ name, displayName: name }) });
        if (!answer.ok) return;
        answered.push(name);
        if (answered.length === ENOUGH) first.child.kill('SIGKILL');
      };
      const lane = async (number: number): Promise<void> => {
        for (let count = 0; count < 100; count++) await write(`p-${number}-${count}`);
      };
      await Promise.allSettled([1, 2, 3, 4].map(lane));
      expect(await first.exit()).toBeNull();
      expect(answered.length).toBeGreaterThanOrEqual(ENOUGH);

      const second = home.start(ENVIRONMENT);
      await home.untilReady(second);
      const verdict = API.verifyAudit.reply.parse(await (await home.get(API.verifyAudit.path)).json());
      expect(verdict.findings).toEqual([]);
      const people = API.people.reply.parse(await (await home.get(API.people.path)).json()).items.map(({ name }) => String(name));
      const recorded = API.audit.reply.parse(await (await home.get(`${API.audit.path}?action=person.save&limit=200`)).json()).items.map(({ entry }) => entry.place.person);
      expect(recorded.toSorted()).toEqual(people.toSorted());
      expect(answered.filter((name) => !recorded.includes(name))).toEqual([]);
      second.child.stdin?.end();
      expect(await second.exit()).toBe(0);
    },
    START_TIMEOUT,
  );
});
