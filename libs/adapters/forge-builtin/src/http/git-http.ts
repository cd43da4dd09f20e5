import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ErrorKind, printableLine, type RepositoryId, SluiceError, Unsupported } from '@sluice/kernel';
import type { Logger } from '@sluice/runtime';
import type { PushEvent } from '@sluice/usecases';
import { FORGE_REFS } from '../forge-refs.js';
import type { RepositoryFolder } from '../repository-folder.js';
import { Admission } from './admission.js';
import { type BackendCall, ClientGone, exchangeWithBackend } from './backend-exchange.js';
import { collectAnswer, type Collected } from './collect-answer.js';
import type { GitCaller } from './git-caller.js';
import type { GitExchange, GitHttpLimits } from './git-exchange.js';
import { type GitRoute, gitRoute, type GitService } from './git-route.js';
import { MalformedPackets } from './pkt-line.js';
import { receivePush } from './receive-push.js';
import { type BodyChunks, requestBody } from './request-body.js';
import { SharedQueue } from './shared-queue.js';

export interface GitHttpOptions {
  readonly repositories: RepositoryFolder;
  readonly limits?: Partial<GitHttpLimits>;
  /** Called for each push that changed a ref, before the client gets its answer. */
  readonly onPushed: (event: PushEvent) => Promise<void>;
  readonly log?: Logger;
}

const MIB = 1024 * 1024;
const DEFAULTS: GitHttpLimits = { maxPushBytes: 32 * MIB, maxFileBytes: 32 * MIB, deadline: 10 * 60_000, idle: 60_000, atOnce: 16 };
const MAX_WAITING = 256;
/** What a fetch asks for: the names of what it wants and has. */
const MAX_FETCH_REQUEST = 16 * MIB;

/** A longer question is hardly asked twice, and a longer answer is not kept in memory. */
const MAX_SHARED_REQUEST = 64 * 1024;
const MAX_SHARED_ANSWER = 4 * MIB;
const TOO_MANY = 'Too many git requests at once: try again in a minute';

type Served = Exclude<GitRoute, { kind: 'refused' }>;

interface Asked {
  readonly exchange: GitExchange;
  readonly body: Buffer;
}

const STATUS: Partial<Record<ErrorKind, number>> = { invalid: 400, forbidden: 403, 'not-found': 404, conflict: 409, 'too-large': 413, unsupported: 415, unavailable: 503 };

/** git's smart HTTP protocol over the repositories of the forge, by git-http-backend. Who the caller is has been found out before. */
export class GitHttp {
  private readonly limits: GitHttpLimits;
  private readonly admission: Admission;
  private readonly sharing: SharedQueue<Asked>;

  constructor(private readonly options: GitHttpOptions) {
    this.limits = { ...DEFAULTS, ...options.limits };
    this.admission = new Admission(this.limits.atOnce, MAX_WAITING);
    this.sharing = new SharedQueue(this.admission);
  }

  /** Answers one request, whose body nobody may have read. Never throws. */
  async handle(request: IncomingMessage, response: ServerResponse, caller: GitCaller, repository: RepositoryId): Promise<void> {
    const route = gitRoute(request.method, request.url, repository);
    if (route.kind === 'refused') return sendText(response, route.status, route.message);
    if (mayShare(route, request)) return this.shared(route, request, { response, caller, repository });
    const leave = await this.admission.enter();
    if (!leave) return sendText(response, 503, TOO_MANY);
    try {
      const { gitDir } = await this.options.repositories.open(repository);
      await this.serve(route, { request, response, caller, repository, limits: this.limits, gitDir });
    } catch (error) {
      this.fail(error, request, response, repository);
    } finally {
      leave();
    }
  }

  /** A fetch that others may ask for word by word as well: a fleet that is told of the same commit does. */
  private async shared(route: Served, request: IncomingMessage, { response, caller, repository }: Pick<GitExchange, 'response' | 'caller' | 'repository'>): Promise<void> {
    try {
      checkType(route, request);
      const body = route.kind === 'advertise' ? Buffer.alloc(0) : await whole(requestBody(request, MAX_SHARED_REQUEST));
      const { gitDir } = await this.options.repositories.open(repository);
      const key = hashOfRequest([repository, route.kind, String(request.headers['git-protocol'] ?? '')], body);
      const asked: Asked = { exchange: { request, response, caller, repository, limits: this.limits, gitDir }, body };
      await this.sharing.run(key, asked, (all, admitted) => this.answerAll(route, all, admitted));
    } catch (error) {
      this.fail(error, request, response, repository);
    }
  }

  private async answerAll(route: Served, all: readonly Asked[], admitted: boolean): Promise<void> {
    const [first] = all;
    if (!admitted || !first) return all.forEach(({ exchange }) => sendText(exchange.response, 503, TOO_MANY));
    const answer = all.length > 1 ? await this.collected(route, first) : undefined;
    if (answer) return all.forEach(({ exchange }) => give(exchange.response, answer));
    // too long to be kept: each of the others waits for a place of its own, which this one gives back before
    for (const asked of all.slice(1)) void this.admitted(route, asked);
    await this.alone(route, first);
  }

  private async admitted(route: Served, asked: Asked): Promise<void> {
    const leave = await this.admission.enter();
    if (!leave) return sendText(asked.exchange.response, 503, TOO_MANY);
    await this.alone(route, asked).finally(leave);
  }

  private async collected(route: Served, { exchange, body }: Asked): Promise<Collected | undefined> {
    try {
      return await collectAnswer(backendCall(exchange, route), body, MAX_SHARED_ANSWER);
    } catch {
      // each finds out for itself
      return undefined;
    }
  }

  private async alone(route: Served, { exchange, body }: Asked): Promise<void> {
    const { request, response, repository } = exchange;
    try {
      if (!response.destroyed) await exchangeWithBackend({ ...backendCall(exchange, route), ...(route.kind === 'call' && { body: chunksOf(body) }) }, response);
    } catch (error) {
      this.fail(error, request, response, repository);
    }
  }

  private async serve(route: Served, exchange: GitExchange): Promise<void> {
    const { request, response } = exchange;
    checkType(route, request);
    if (route.kind === 'advertise') return exchangeWithBackend(backendCall(exchange, route), response);
    if (route.service === 'git-receive-pack') return receivePush(exchange, backendCall(exchange, route), { repositories: this.options.repositories, onPushed: this.options.onPushed });
    await exchangeWithBackend({ ...backendCall(exchange, route), body: requestBody(request, MAX_FETCH_REQUEST) }, response);
  }

  private fail(error: unknown, request: IncomingMessage, response: ServerResponse, repository: RepositoryId): void {
    if (error instanceof ClientGone || response.destroyed) return;
    const answer = answerTo(error);
    if (answer.status >= 500) this.options.log?.warn({ err: error, repository }, 'git request failed');
    if (response.headersSent) return void response.destroy();
    // what the client still sends would be taken for its next request
    response.once('finish', () => request.complete || request.destroy());
    sendText(response, answer.status, answer.message);
  }
}

function give(response: ServerResponse, { status, headers, body }: Collected): void {
  if (response.destroyed) return;
  response.writeHead(status, headers);
  response.end(body);
}

/** Reading only, by a question whose length is known to be small. */
function mayShare(route: Served, { headers }: IncomingMessage): boolean {
  if (route.service !== 'git-upload-pack') return false;
  return route.kind === 'advertise' || (headers['content-encoding'] === undefined && Number(headers['content-length'] ?? Infinity) <= MAX_SHARED_REQUEST);
}

function checkType(route: Served, { headers }: IncomingMessage): void {
  if (route.kind === 'call' && headers['content-type'] !== `application/x-${route.service}-request`) throw new Unsupported(`Send the content type application/x-${route.service}-request, as git does`);
}

async function whole(body: BodyChunks): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for (let next = await body.next(); next.done !== true; next = await body.next()) chunks.push(next.value);
  return Buffer.concat(chunks);
}

async function* chunksOf(body: Buffer): AsyncGenerator<Buffer, void> {
  yield body;
}

function hashOfRequest(words: readonly string[], body: Buffer): string {
  return createHash('sha256').update(words.join('\0')).update('\0').update(body).digest('hex');
}

function answerTo(error: unknown): { readonly status: number; readonly message: string } {
  if (error instanceof SluiceError) return { status: STATUS[error.kind] ?? 500, message: error.message };
  if (error instanceof MalformedPackets) return { status: 400, message: error.message };
  return { status: 500, message: 'The forge could not answer: see its log' };
}

function backendCall({ request, caller, gitDir, repository, limits }: GitExchange, route: { readonly kind: 'advertise' | 'call'; readonly service: GitService }): BackendCall {
  const advertise = route.kind === 'advertise';
  const protocol = request.headers['git-protocol'];
  return {
    env: {
      GIT_PROJECT_ROOT: gitDir.slice(0, -`/${repository}.git`.length),
      GIT_HTTP_EXPORT_ALL: '1',
      PATH_INFO: `/${repository}.git/${advertise ? 'info/refs' : route.service}`,
      QUERY_STRING: advertise ? `service=${route.service}` : '',
      REQUEST_METHOD: advertise ? 'GET' : 'POST',
      CONTENT_TYPE: advertise ? '' : `application/x-${route.service}-request`,
      REMOTE_USER: printableLine(caller.name, 100),
      REMOTE_ADDR: request.socket.remoteAddress ?? '',
      GIT_HTTP_MAX_REQUEST_BUFFER: String(MAX_FETCH_REQUEST),
      ...(typeof protocol === 'string' && /^[a-z0-9=:.-]{1,100}$/.test(protocol) ? { GIT_PROTOCOL: protocol } : {}),
      // git refuses to take a single object into memory above this; the pack's limit does not catch a file that compresses well
      ...(route.service === 'git-receive-pack' ? { GIT_ALLOC_LIMIT: String(limits.maxFileBytes) } : {}),
    },
    config: {
      'http.receivepack': 'true',
      'http.getanyfile': 'false',
      'receive.maxInputSize': String(limits.maxPushBytes),
      'receive.fsckObjects': 'true',
      'receive.autogc': 'false',
      'transfer.hideRefs': FORGE_REFS,
    },
    deadline: limits.deadline,
    idle: limits.idle,
  };
}

function sendText(response: ServerResponse, status: number, message: string): void {
  response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store', ...(status === 503 ? { 'retry-after': '10' } : {}), ...(status >= 400 ? { connection: 'close' } : {}) });
  response.end(`${printableLine(message, 500)}\n`);
}
