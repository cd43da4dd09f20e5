import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Forbidden, Unavailable } from '@sluice/kernel';
import type { OutboundRequest } from '@sluice/usecases';
import { createOutboundHttp, type ClosableOutboundHttp, type OutboundOptions } from './create-outbound-http.js';

const LOOPBACK = { allowedNetworks: ['127.0.0.1/32'] };
let server: Server;
let seen: { readonly method?: string; readonly path?: string; readonly headers: IncomingMessage['headers']; readonly body: string }[];
let reply: (request: IncomingMessage, response: ServerResponse) => void;
const opened: ClosableOutboundHttp[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push({ ...(request.method && { method: request.method }), ...(request.url && { path: request.url }), headers: request.headers, body });
      reply(request, response);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  seen = [];
  reply = (_, response) => response.end('hello');
});
afterEach(() => Promise.all(opened.splice(0).map((each) => each.close())));
afterAll(() => {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(resolve));
});

const port = (): number => (server.address() as AddressInfo).port;
const at = (path = '/', host = '127.0.0.1'): string => `http://${host}:${port()}${path}`;
function ask(url: string, fields: Partial<OutboundRequest> = {}, options: OutboundOptions = LOOPBACK) {
  const outbound = createOutboundHttp(options);
  opened.push(outbound);
  return outbound.request({ method: 'GET', url, maxBytes: 1_000, ...fields });
}
const redirect = (location: string, status = 307): typeof reply => (request, response) => (request.url === '/' ? response.writeHead(status, { location }).end() : response.end('there'));

test('an answer is its status, its headers and its text', async () => {
  reply = (_, response) => response.writeHead(418, { 'X-Kind': 'tea' }).end('short');
  expect(await ask(at('/a?b=c'), { method: 'POST', body: '{}', headers: { 'x-asked': 'so' } })).toMatchObject({ status: 418, headers: { 'x-kind': 'tea' }, body: 'short' });
  expect(seen).toMatchObject([{ method: 'POST', path: '/a?b=c', body: '{}', headers: { 'x-asked': 'so', 'user-agent': 'sluice' } }]);
});

describe('nobody is asked', () => {
  test.each([
    ['at a loopback address', 'http://127.0.0.1:1/'],
    ['at one that is written as a number', 'http://2130706433:1/'],
    ['at one in IPv6', 'http://[::1]:1/'],
    ['at IPv4 in IPv6', 'http://[::ffff:127.0.0.1]:1/'],
    ['at a cloud’s metadata', 'http://169.254.169.254/latest'],
    ['at a name for this machine', 'http://localhost:1/'],
    ['by another protocol', 'file:///etc/passwd'],
    ['with credentials in the address', 'http://ada:secret@93.184.216.34/'],
    ['at what is no address', 'nowhere'],
  ])('%s', async (_, url) => {
    await expect(ask(url, {}, {})).rejects.toThrow(Forbidden);
  });

  test('at a name that has a public address beside a private one, at the private one', async () => {
    const asked = ask(at('/', 'both.example'), {}, { resolve: () => Promise.resolve([{ address: '10.0.0.1', family: 4 }, { address: '127.0.0.1', family: 4 }]), ...LOOPBACK });
    expect((await asked).body).toBe('hello');
  });
});

test('what is connected to is what was checked, whatever the name stands for a moment later', async () => {
  const answers = ['127.0.0.1', '169.254.169.254'];
  const resolve = () => Promise.resolve([{ address: answers.shift() ?? '', family: 4 }]);
  expect((await ask(at('/', 'rebinding.example'), {}, { ...LOOPBACK, resolve })).body).toBe('hello');
  expect(answers).toEqual(['169.254.169.254']);
});

describe('a redirect', () => {
  test('is followed, with the same question', async () => {
    reply = redirect('/there');
    expect(await ask(at(), { method: 'POST', body: 'x' })).toMatchObject({ status: 200, body: 'there' });
    expect(seen.map(({ method, path, body }) => [method, path, body])).toEqual([['POST', '/', 'x'], ['POST', '/there', 'x']]);
  });
  test.each(['http://169.254.169.254/', 'http://127.0.0.2/', 'http://[::1]/', 'file:///etc/passwd'])('to %s is checked as the first address was', async (location) => {
    reply = redirect(location);
    await expect(ask(at())).rejects.toThrow(Forbidden);
  });
  test('that would make another question of it is the answer', async () => {
    reply = redirect('/there', 302);
    expect(await ask(at(), { method: 'POST', body: 'x' })).toMatchObject({ status: 302 });
  });
  test('elsewhere does not get the credentials', async () => {
    reply = redirect(at('/there', 'other.example'));
    await ask(at(), { headers: { Authorization: 'Bearer x', 'x-kept': 'y' } }, { ...LOOPBACK, resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) });
    expect(seen.map(({ headers }) => [headers.authorization, headers['x-kept']])).toEqual([['Bearer x', 'y'], [undefined, 'y']]);
  });
  test('in a circle has an end', async () => {
    reply = (_, response) => response.writeHead(307, { location: '/again' }).end();
    await expect(ask(at())).rejects.toThrow(Unavailable);
    expect(seen).toHaveLength(4);
  });
});

describe('there is no answer', () => {
  test('when it is too long', async () => {
    reply = (_, response) => response.end('x'.repeat(1_001));
    await expect(ask(at())).rejects.toThrow(/longer than 1000 bytes/);
  });
  test('when nobody says anything', async () => {
    reply = () => undefined;
    await expect(ask(at(), {}, { ...LOOPBACK, deadline: 200 })).rejects.toThrow(/has not answered within 0.2 s/);
  });
  test('when it never ends', async () => {
    reply = (_, response) => {
      response.write('x');
      const more = setInterval(() => response.write('x'), 10);
      response.on('close', () => clearInterval(more));
    };
    await expect(ask(at(), { maxBytes: 1_000_000 }, { ...LOOPBACK, deadline: 200 })).rejects.toThrow(/has not answered within 0.2 s/);
  });
  test('when nobody is there', async () => {
    await expect(ask('http://127.0.0.1:1/')).rejects.toThrow(/127\.0\.0\.1:1 cannot be reached/);
  });
  test('when nobody knows the name', async () => {
    await expect(ask('http://no.example/', {}, { resolve: () => Promise.reject(new Error('getaddrinfo ENOTFOUND no.example')) })).rejects.toThrow(/no\.example cannot be reached: getaddrinfo ENOTFOUND/);
  });
});
