import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { API } from '@sluice/contracts';
import { NotFound, Unavailable } from '@sluice/kernel';
import { ApiClient } from './api-client.js';

// What other programs, and servers that fall over, make of a call.
describe('an answer that is none of Sluice', () => {
  let server: Server;
  let client: ApiClient;
  let reply: (response: ServerResponse) => void;
  beforeAll(async () => {
    server = createServer((_request, response) => reply(response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    client = new ApiClient({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const page = (status: number) => (response: ServerResponse) => void response.writeHead(status, { 'content-type': 'text/html' }).end('<!doctype html><title>Welcome</title>');
  const brokenOff = (response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('{"items":[');
    setTimeout(() => response.destroy(), 5);
  };

  it('is another program that listens there: the address is asked about', async () => {
    reply = page(200);
    await expect(client.call(API.repositories)).rejects.toThrow(/does not answer as Sluice does: is that its address\?/);
    await expect(client.call(API.repositories)).rejects.toBeInstanceOf(Unavailable);
    reply = page(404);
    await expect(client.call(API.repositories)).rejects.toThrow(/says 404, and not as Sluice does: is that its address\?/);
    await expect(client.call(API.repositories)).rejects.toBeInstanceOf(NotFound);
  });

  it('breaks off: that is the server, which may be asked again', async () => {
    reply = brokenOff;
    await expect(client.call(API.repositories)).rejects.toBeInstanceOf(Unavailable);
    await expect(client.text(API.testRunLog, { params: { repository: 'shop', run: 'x' } })).rejects.toBeInstanceOf(Unavailable);
    const read = async (): Promise<void> => {
      for await (const chunk of await client.stream(API.exportAudit)) expect(chunk.length).toBeGreaterThan(0);
    };
    await expect(read()).rejects.toThrow(/broke off/);
  });
});
