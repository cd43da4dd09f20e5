import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SeenCall } from './call-log.js';
import type { Fault } from './faults.js';
import { serveGit } from './serve-git.js';
import { type Answer, ApiError, type Call, matchPath, type Method, type Route } from './route.js';
import type { World } from './world.js';

const MAX_BODY = 4 * 1024 * 1024;
const GIT_PATH = /^\/(.+)\.git\/(info\/refs|git-upload-pack|git-receive-pack)$/;

/** Answers one HTTP request: git's by git, all others by the skin's routes. */
export async function serve(world: World, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url: asked = '/' } = request;
  const url = new URL(asked, world.url);
  try {
    const faults = world.faults.take({ method, path: url.pathname });
    if (await isLost(faults, response)) return world.log.add({ method, path: asked, route: 'lost', status: 0, login: '' });
    const [, path = '', service] = GIT_PATH.exec(url.pathname) ?? [];
    await (service === undefined ? serveApi(world, { request, response, url, faults }) : serveGit(world, { request, response, url, path, service }));
  } catch (error) {
    // whoever asked has gone away in the middle of the body: nothing was done, and nobody waits
    if (!request.complete) return;
    world.log.addUnexpected(`${method} ${asked}: ${String(error)} ${(error as Error).stack}`);
    if (!response.headersSent) send(response, world.skin.refuse('broken', 'the double has broken'), []);
  }
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly faults: readonly Fault[];
}

async function serveApi(world: World, { request, response, url, faults }: Exchange): Promise<void> {
  const call = callOf(world, request, url, await readBody(request));
  const planned = faults.find((fault) => fault.kind === 'answer');
  const found = routeOf(world.skin.routes, call);
  const answer = planned ? planned.answer : await answerOf(world, found, call);
  const final = found?.route.page ? answer : finished(world, call, conditional(world, call, answer));
  // what only reads causes nothing
  if (world.deliverFirst && call.method !== 'GET') await world.deliveries.settled();
  const status = faults.some(({ kind }) => kind === 'lost answer') ? 0 : final.status;
  world.log.add({ ...seen(call), route: found?.route.path ?? 'unknown', status });
  send(response, final, faults);
}

function seen({ method, url, grant }: Call): Pick<SeenCall, 'method' | 'path' | 'login'> {
  return { method, path: url.pathname + url.search, login: grant?.account.login ?? '' };
}

function callOf(world: World, request: IncomingMessage, url: URL, text: string): Call {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const query: Record<string, string> = {};
  for (const [name, value] of url.searchParams) query[name] = query[name] === undefined ? value : `${query[name]},${value}`;
  return { method: (request.method ?? 'GET') as Method, url, headers, params: {}, query, body: parsed(text), grant: world.skin.authenticate(headers) };
}

/** Text that is no JSON stays text, which no schema of a body allows. */
function parsed(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function routeOf(routes: readonly Route[], { method, url }: Call): { readonly route: Route; readonly params: Record<string, string> } | undefined {
  // a literal segment goes before one in braces
  const matches = routes.flatMap((route) => {
    const params = route.method === method ? matchPath(route.path, url.pathname) : undefined;
    return params ? [{ route, params }] : [];
  });
  return matches.sort((one, other) => Object.keys(one.params).length - Object.keys(other.params).length)[0];
}

async function answerOf(world: World, found: ReturnType<typeof routeOf>, call: Call): Promise<Answer> {
  if (!found) return unexpected(world, call, 'unknown route', 'no such route');
  const whole = { ...call, params: found.params };
  const answer = (found.route.page ? undefined : refusalOf(world, found.route, whole)) ?? (await handled(found.route, whole));
  return 'malformed' in answer ? unexpected(world, call, 'malformed', answer.malformed) : answer;
}

/** What the API says before any work. */
function refusalOf(world: World, { anonymous }: Route, call: Call): Answer | undefined {
  const { skin } = world;
  const wrong = skin.wrongHeaders?.(call);
  if (wrong !== undefined) return unexpected(world, call, 'malformed', wrong);
  if (!call.grant && !anonymous) return skin.refuse('unauthenticated', 'nobody is known by this credential');
  return skin.before?.(call);
}

function finished({ skin }: World, call: Call, answer: Answer): Answer {
  return { ...answer, headers: { ...answer.headers, ...skin.headers?.(call, answer) } };
}

async function handled(route: Route, call: Call): Promise<Answer | { readonly malformed: string }> {
  try {
    return await route.handle(call);
  } catch (error) {
    if (error instanceof ApiError) return error.answer;
    throw error;
  }
}

function unexpected(world: World, { method, url }: Call, refusal: 'malformed' | 'unknown route', message: string): Answer {
  world.log.addUnexpected(`${method} ${url.pathname}${url.search}: ${message}`);
  return world.skin.refuse(refusal, message);
}

function conditional({ skin }: World, { method, headers }: Call, answer: Answer): Answer {
  if (!skin.conditional || method !== 'GET' || answer.status !== 200) return answer;
  const etag = `W/"${createHash('sha256').update(JSON.stringify(answer.body ?? null)).digest('hex')}"`;
  const kept = { ...answer.headers, etag };
  return headers['if-none-match'] === etag ? { status: 304, headers: kept } : { ...answer, headers: kept };
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY) throw new Error('a body of more than 4 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Plays the faults that come before any work. @returns true when there is no answer */
async function isLost(faults: readonly Fault[], response: ServerResponse): Promise<boolean> {
  for (const fault of faults) {
    if (fault.kind === 'latency') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    if (fault.kind === 'meanwhile') await fault.happens();
    if (fault.kind === 'reset') response.destroy();
    if (fault.kind === 'silence' || fault.kind === 'reset') return true;
  }
  return false;
}

function send(response: ServerResponse, { status, body, headers }: Answer, faults: readonly Fault[]): void {
  const has = (kind: Fault['kind']): boolean => faults.some((fault) => fault.kind === kind);
  if (has('lost answer')) return void response.destroy();
  const bytes = body === undefined ? undefined : Buffer.from(JSON.stringify(body));
  const sent = bytes && has('half a body') ? bytes.subarray(0, bytes.length / 2) : bytes;
  response.writeHead(status, { ...(sent && { 'content-type': 'application/json; charset=utf-8', 'content-length': String(sent.length) }), ...headers });
  if (!sent || !has('cut off')) return void response.end(sent);
  response.write(sent.subarray(0, sent.length / 2), () => response.destroy());
}
