import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT, deployment } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';
import { expectArrived, expectWaiting, gateSteps, verdictOf } from './released.fixture.js';

describeWorlds('another system’s word', (world) => {
  const { released } = gateSteps(world);

  let asked: { readonly at: number; readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  let answer: (response: ServerResponse) => void = () => undefined;

  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push({ at: Date.now(), headers: request.headers, body });
      answer(response);
    });
  });

  beforeAll(() => new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve)));
  afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  beforeEach(() => void (asked = []));
  const says = (word: Readonly<Record<string, unknown>>, status = 200) => (response: ServerResponse) => void response.writeHead(status, { connection: 'close' }).end(JSON.stringify(word));
  const board = (options = 'secret: BOARD', host = `127.0.0.1:${(server.address() as AddressInfo | null)?.port ?? 0}`): string => `{ name: board, type: http, url: "http://${host}/ask", ${options} }`;

  /** Until it is time to ask again. */
  async function waitForAsking(shop: Shop): Promise<void> {
    await sleep(Math.max(0, Number((await verdictOf(shop))?.evidence['askAgainAt']) - Date.now()));
    await shop.settle();
  }

  it('lets a promotion through when it says so; it is told what comes, signed, and not asked before the time that it named', async () => {
    const named: number[] = [];
    answer = (response) => {
      const until = Date.now() + 1_000;
      named.push(until);
      says({ outcome: 'wait', message: 'the board meets at ten', until: new Date(until).toISOString() })(response);
    };
    const shop = await released(board());
    await expectWaiting(shop);
    expect(await verdictOf(shop)).toMatchObject({ gate: 'board', outcome: 'wait', message: 'the board meets at ten', until: expect.any(Number), evidence: { asked: asked.length } });
    await shop.settle();
    answer = says({ outcome: 'pass', message: 'CHG-7' });
    await waitForAsking(shop);
    await expectArrived(shop);
    // Once it has passed nobody asks again; on a slow machine it was asked more than once before.
    expect(asked).toHaveLength(named.length + 1);
    expect(named.filter((until, index) => asked[index + 1]!.at < until)).toEqual([]);
    const [{ headers, body }] = asked as [(typeof asked)[0]];
    expect(JSON.parse(body)).toMatchObject({ gate: 'board', application: 'checkout', environment: 'qa', source: { environment: 'dev' }, digest: expect.stringMatching(/^[0-9a-f]{64}$/), changes: { files: 1, paths: [CHECKOUT] } });
    expect(headers['sluice-signature']).toBe(`v1=${createHmac('sha256', 'secret of BOARD').update(`${headers['sluice-timestamp'] ?? ''}.${body}`).digest('hex')}`);
  });

  it('stops a promotion for good when it says no, and is asked anew about another', async () => {
    answer = says({ outcome: 'fail', message: 'not this week' });
    const shop = await released(board());
    await expectWaiting(shop);
    await shop.settle();
    expect(await verdictOf(shop)).toMatchObject({ outcome: 'fail', message: 'not this week' });
    expect(asked).toHaveLength(1);
    answer = says({ outcome: 'pass', message: '' });
    await shop.commit('dev', { [CHECKOUT]: deployment('checkout', { tag: '2.0', level: 'debug' }) });
    await shop.settle();
    await expectArrived(shop);
  });

  it.each([
    ['does not answer in time', () => undefined, /has not answered within 2 s/],
    ['answers with an error', says({}, 503), 'it answers with status 503'],
    ['answers what nobody understands', says({ outcome: 'maybe' }), /^its answer is not/],
    ['answers without an end', (response: ServerResponse) => void response.writeHead(200).end('x'.repeat(100_000)), /longer than 65536 bytes/],
    ['sends us to a place that is not to be asked', (response: ServerResponse) => void response.writeHead(307, { location: 'http://127.0.0.2/' }).end(), /127\.0\.0\.2 is at an address that this server does not ask/],
  ])('waits while it %s, and says when it is asked again', async (_, reply, message) => {
    answer = reply;
    const shop = await released(board());
    await expectWaiting(shop);
    expect(await verdictOf(shop)).toMatchObject({ outcome: 'wait', message: typeof message === 'string' ? message : expect.stringMatching(message), until: expect.any(Number) });
  });

  it('is not asked at a private address, nor without a secret', async () => {
    expect(await verdictOf(await released(board('secret: BOARD', '169.254.169.254')))).toMatchObject({ outcome: 'wait', message: expect.stringContaining('an address that this server does not ask') });
    expect(await verdictOf(await released(board('secret: NONE')))).toMatchObject({ outcome: 'wait', message: 'the server has no secret NONE to sign with: set SLUICE_GATE_SECRET_NONE' });
    expect(asked).toEqual([]);
  });
});
