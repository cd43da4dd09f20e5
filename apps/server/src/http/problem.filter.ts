import { Catch, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { API } from '@sluice/contracts';
import { Unauthenticated } from '@sluice/kernel';
import type { Logger } from '@sluice/runtime';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from './problems.js';
import { writeProblem } from './write-problem.js';
import { RateLimited } from './rate-limited.js';

/** Turns everything that is thrown into a problem document. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly log: Logger,
    private readonly pages?: Pages,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    // no route: perhaps a page of the dashboard, which has a router of its own
    if (error instanceof NotFoundException && this.pages?.isVisit(request)) this.pages.show(reply);
    else sendProblem(request, reply, error, this.log);
  }
}

/** What is shown to a browser that visits a path without a route. */
export interface Pages {
  readonly isVisit: (request: FastifyRequest) => boolean;
  readonly show: (reply: FastifyReply) => void;
}

/** Has a scope whose routes are not of the contract answer what goes wrong around them (a foreign host, too many requests) as every other route does: no filter sees it. */
export function answerErrors(scope: FastifyInstance, log: Logger): void {
  scope.setErrorHandler((error, request, reply) => sendProblem(request, reply, error, log));
}

/** Answers with the problem document of an error; says in the log what the client is not told. */
function sendProblem(request: FastifyRequest, reply: FastifyReply, error: unknown, log: Logger): void {
  const methods = error instanceof NotFoundException ? allowedMethods(request) : [];
  const problem = methods.length > 0 ? { ...problemOf(error), status: 405, title: 'Method Not Allowed', detail: `this takes ${methods.join(' or ')}` } : problemOf(error);
  if (problem.status >= 500) log.error({ err: error, requestId: request.id, method: request.method, path: pathOfRequest(request) }, 'request failed');
  if (reply.sent || reply.raw.headersSent) return;
  if (methods.length > 0) void reply.header('allow', methods.join(', '));
  if (error instanceof RateLimited) void reply.header('retry-after', String(error.retryAfter));
  if (error instanceof Unauthenticated) void reply.header('www-authenticate', 'Bearer realm="Sluice"');
  writeProblem(request, reply, problem);
}

// The routes of the contract, as patterns: the router only knows that nothing is at (method, path).
const PATTERNS = Object.values(API).map(({ method, path }) => ({ method, pattern: new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/:[a-z]+/gi, '[^/]+')}$`) }));

function allowedMethods(request: FastifyRequest): readonly string[] {
  const path = pathOfRequest(request);
  const methods = new Set<string>(PATTERNS.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method));
  return methods.has(request.method) ? [] : [...methods];
}

function pathOfRequest(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}
