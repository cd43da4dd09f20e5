import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { Problem } from '@sluice/contracts';
import type { FastifyReply, FastifyRequest } from 'fastify';

const TYPE = 'application/problem+json';

/** Answers with a problem document. */
export function writeProblem(request: FastifyRequest, reply: FastifyReply, problem: Problem): void {
  const body = JSON.stringify({ ...problem, instance: `urn:request:${request.id}` });
  // as bytes: to a text the framework would add a charset, which JSON does not have
  void reply.status(problem.status).header('content-type', TYPE).header('cache-control', 'no-store').send(Buffer.from(body));
}

/** For a path that the router cannot read: no hook and no filter sees such a request. */
export function refusePath({ statusCode = 400 }: { readonly statusCode?: number }, request: FastifyRequest, reply: FastifyReply): void {
  writeProblem(request, reply, problem(statusCode, statusCode === 414 ? 'a part of the path is too long' : 'the path is not percent-encoded as it should be'));
}

/** For what is no request at all: there is only a connection, and nothing else is read from it. */
export function refuseConnection(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  const { status, title, ...rest } = problemOfConnection(error);
  const body = JSON.stringify({ ...rest, title, status });
  if (socket.writable) socket.write(`HTTP/1.1 ${status} ${title}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nContent-Type: ${TYPE}\r\nConnection: close\r\n\r\n${body}`);
  socket.destroy(error);
}

function problemOfConnection({ code }: NodeJS.ErrnoException): Problem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return problem(408, 'the request did not come to its end in time');
  if (code === 'HPE_HEADER_OVERFLOW') return problem(431, 'the headers are too large');
  return problem(400, 'this is no HTTP request');
}

function problem(status: number, detail: string): Problem {
  return { type: 'about:blank', title: STATUS_CODES[status] ?? 'Error', status, detail };
}
