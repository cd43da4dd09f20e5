import { API } from '@sluice/contracts';
import { repositoryId } from '@sluice/kernel';
import { describeCombinations, type Services } from '@sluice/testing';
import { START_TIMEOUT, startTestServer, type TestServer } from '../test-server.fixture.js';
import { TestStream, type ReceivedMessage } from '../test-stream.fixture.js';

describeCombinations('the event stream', (combination) => {
  let services: Services;
  let server: TestServer;

  beforeAll(async () => {
    services = await combination.start();
    server = await startTestServer(services);
  }, START_TIMEOUT);
  afterAll(async () => {
    await server.stop();
    await services.stop();
  });

  const open = (lastEventId?: string) => TestStream.open(`${server.url}${API.events.path}`, { authorization: `Bearer ${server.adminToken}`, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) });
  const says = (message: string) => ({ event, data }: ReceivedMessage) => event === 'message' && (data as { message: string }).message === message;

  async function happen(...messages: string[]): Promise<void> {
    await server.ports.events.append(...messages.map((message) => ({ type: 'test', repository: repositoryId('shop'), message })));
    server.ports.signals.publish('events');
  }

  it('begins with a reset for a client that has seen nothing, and goes on with what happens', async () => {
    await happen('long ago');
    const stream = await open();
    await stream.next(({ event }) => event === 'reset');
    await happen('news');
    const news = await stream.next(says('news'));
    expect(news.data).toMatchObject({ type: 'test', repository: 'shop', at: expect.stringMatching(/Z$/) });
    expect(stream.messages.some(says('long ago'))).toBe(false);
    stream.close();
  });

  it('gives a client that comes back what it has missed, in order and without a reset', async () => {
    const first = await open();
    await first.next(({ event }) => event === 'reset');
    await happen('seen');
    const { id } = await first.next(says('seen'));
    first.close();
    await happen('missed 1', 'missed 2');
    const second = await open(id);
    await second.next(says('missed 2'));
    expect(second.messages.map(({ data }) => (data as { message: string }).message)).toEqual(['missed 1', 'missed 2']);
    second.close();
  });

  it('tells a client whose id nobody knows to read everything again', async () => {
    const stream = await open('nonsense');
    const { id } = await stream.next(({ event }) => event === 'reset');
    expect(id).toBeTruthy();
    stream.close();
  });

  it('carries many events to many clients', async () => {
    const streams = await Promise.all(Array.from({ length: 20 }, () => open()));
    await Promise.all(streams.map((stream) => stream.next(({ event }) => event === 'reset')));
    await happen(...Array.from({ length: 450 }, (_, index) => `burst ${index}`));
    await Promise.all(streams.map((stream) => stream.next(says('burst 449'))));
    for (const stream of streams) {
      expect(stream.messages.filter(({ event }) => event === 'message')).toHaveLength(450);
      stream.close();
    }
  });
});
