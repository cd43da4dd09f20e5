import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { followStream } from './follow-stream.js';
import type { AgentSession } from './agent-session.js';

describe('the stream of the control plane', () => {
  it('says over how long agents are to spread out when they come back, and what is no event of ours is skipped', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(': open\n\nretry: 10000\n\nevent: assignment\ndata: {"revision": "no number"}\n\nevent: from-a-newer-server\ndata: {}\n\n');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const session = { serverUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: () => Promise.resolve('token') } as unknown as AgentSession;
    const seen: unknown[] = [];
    const note = (value: unknown): void => void seen.push(value);
    await followStream({ session, signal: new AbortController().signal, events: { opened: () => note('opened'), assigned: note, commanded: note, spread: note } }, {});
    expect(seen).toEqual(['opened', 10_000]);
    server.close();
  });
});
