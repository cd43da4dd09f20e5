import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Reply = (request: IncomingMessage, response: ServerResponse, body: string) => void;

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A server on loopback that answers as a test says: with each of the replies once, and with the last one from then on. */
export interface SmallForge {
  readonly url: string;
  readonly asked: Asked[];
  reply(...replies: Reply[]): void;
  stop(): Promise<void>;
}

export async function startSmallForge(): Promise<SmallForge> {
  const asked: Asked[] = [];
  let replies: Reply[] = [];
  const server: Server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      asked.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
      const reply = replies.length > 1 ? replies.shift() : replies[0];
      reply?.(request, response, body);
    });
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    reply: (...wanted) => {
      asked.length = 0;
      replies = wanted;
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

export function json(value: unknown, { status = 200, headers = {} }: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {}): Reply {
  return (_, response) => response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers }).end(JSON.stringify(value));
}

export const unwell =
  (status: number, headers: Readonly<Record<string, string>> = {}): Reply =>
  (_, response) =>
    response.writeHead(status, headers).end('<html>no</html>');

/** Says a length and sends less. */
export const cutOff: Reply = (_, response) => {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' }).write('[{"number":');
  setTimeout(() => response.destroy(), 5);
};

/** Ends well, and is only a part of a document, as proxies that have lost the other side do. */
export const halfJson: Reply = (_, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('[{"number":');

export const hangUp: Reply = (_, response) => response.destroy();

export const silence: Reply = () => undefined;
