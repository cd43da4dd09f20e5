import type { IncomingMessage, ServerResponse } from 'node:http';
import { authenticate, impersonated } from '../access/authenticate.js';
import { requireAllowed } from '../access/authorize.js';
import { answerPath, NoSuchPath } from './answer-path.js';
import { answerResource } from './answer-resource.js';
import { ApiError, internal, noSuchResource, statusOf } from './api-error.js';
import { errorOf, type Fault, type Faults } from './faults.js';
import { parseRequest, type ParsedRequest, type ResourceRequest } from './parse-request.js';
import { MAX_BODY, tooLarge } from './read-body.js';
import type { RequestLog } from './request-log.js';
import type { OpenWatch } from './watch-objects.js';
import type { Answer, Call, User, World } from './world.js';

export interface Serving {
  readonly world: World;
  readonly tokens: ReadonlyMap<string, User>;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly watches: Set<OpenWatch>;
}

interface Exchange {
  readonly incoming: IncomingMessage;
  readonly response: ServerResponse;
  readonly request: ParsedRequest;
  readonly warnings: string[];
  user: string;
}

/** Answers one HTTP request, as the chain of a real server does: who asks, as whom, may he, and then what. */
export async function serve(serving: Serving, incoming: IncomingMessage, response: ServerResponse): Promise<void> {
  const request = parseRequest(incoming.method ?? 'GET', incoming.url ?? '/');
  const exchange: Exchange = { incoming, response, request, warnings: [], user: '' };
  try {
    const body = await readBody(incoming);
    const faults = serving.faults.take(request);
    if (await isLost(exchange, faults)) return note(serving, exchange, 0);
    const answer = await answered(serving, exchange, body);
    if (answer === undefined) return note(serving, exchange, 200);
    conclude(serving, exchange, answer, faults);
  } catch (cause) {
    refuse(serving, exchange, cause instanceof ApiError ? cause : internal(cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)));
  }
}

function conclude(serving: Serving, exchange: Exchange, answer: Answer, faults: readonly Fault[]): void {
  const has = (kind: Fault['kind']): boolean => faults.some((fault) => fault.kind === kind);
  note(serving, exchange, has('lost answer') ? 0 : answer.code);
  if (has('lost answer')) exchange.response.destroy();
  else send(exchange, has('empty list') ? emptied(answer, exchange.request) : answer);
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Plays the faults that come before an answer. @returns true when there is no answer */
async function isLost({ response }: Exchange, faults: readonly Fault[]): Promise<boolean> {
  for (const fault of faults) {
    if (fault.kind === 'latency') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    const error = errorOf(fault);
    if (error) throw error;
    if (fault.kind === 'silence') return true;
    if (fault.kind === 'reset') {
      response.destroy();
      return true;
    }
  }
  return false;
}

function emptied(answer: Answer, request: ParsedRequest): Answer {
  if (request.verb !== 'list' || typeof answer.body === 'string') return answer;
  return { ...answer, body: { ...answer.body, items: [] } };
}

async function answered(serving: Serving, exchange: Exchange, body: Buffer): Promise<Answer | undefined> {
  const { world, tokens, watches } = serving;
  const { incoming, request, response, warnings } = exchange;
  const { headers } = incoming;
  const asking = authenticate(headers, tokens);
  exchange.user = asking.name;
  const user = impersonated(headers, asking, world.store);
  exchange.user = user.name;
  requireAllowed(world.store, user, request);
  const accept = headers.accept ?? '';
  if (request.kind === 'path') return answerPath(request, world.catalogue, { host: headers.host ?? '', accept });
  const resource = world.catalogue.find(request.group, request.version, request.plural);
  if (resource === undefined) throw world.catalogue.serves(request.group, request.version) ? noSuchResource() : new NoSuchPath();
  const place: ResourceRequest = resource.namespaced ? request : { ...request, namespace: '' };
  const call: Call = { world, request: place, resource, user, accept, body, warnings, contentType: headers['content-type'] ?? '', userAgent: headers['user-agent'] ?? 'unknown' };
  return answerResource(call, response, watches);
}

function send({ response, warnings, incoming }: Exchange, { code, body, headers }: Answer): void {
  const text = typeof body === 'string' ? body : `${JSON.stringify(body)}\n`;
  // https://kubernetes.io/docs/reference/using-api/deprecation-guide/ and RFC 7234: code 299 is a persistent warning
  if (warnings.length > 0) response.setHeader('warning', warnings.map((one) => `299 - ${JSON.stringify(one)}`));
  response.writeHead(code, { 'content-type': 'application/json', 'cache-control': 'no-cache, private', ...headers });
  response.end(incoming.method === 'HEAD' ? undefined : text);
}

function refuse(serving: Serving, exchange: Exchange, error: ApiError): void {
  const { response, incoming } = exchange;
  if (isUnexpected(error)) serving.log.addUnexpected(`${incoming.method} ${incoming.url}: ${error.code} ${error.message}`);
  note(serving, exchange, error.code);
  if (response.headersSent) return void response.destroy();
  if (error instanceof NoSuchPath) return send(exchange, { code: 404, body: '404 page not found\n', headers: { 'content-type': 'text/plain; charset=utf-8' } });
  send(exchange, { code: error.code, body: statusOf(error), headers: error.headers });
}

/** Requests that no careful client makes, and those that the double has no answer to. What a client cannot foresee (404 of an object, 409, 422) is not among them. */
function isUnexpected(error: ApiError): boolean {
  if (error.code === 404) return error.message === '404 page not found' || error.message.startsWith('the server could not find');
  if (/^admission webhook |failed calling webhook|etcdserver/.test(error.message)) return false;
  return [400, 405, 406, 413, 415, 500, 501].includes(error.code);
}

function note({ log }: Serving, { request, user, incoming }: Exchange, code: number): void {
  log.add(request, { code, user, contentType: incoming.headers['content-type'] ?? '' });
}
