import type { IncomingMessage, ServerResponse } from 'node:http';
import { type ErrorKind, printableLine, type RepositoryId, SluiceError, Unsupported } from '@sluice/kernel';
import type { Logger } from '@sluice/runtime';
import type { PushEvent } from '@sluice/usecases';
import { FORGE_REFS } from '../forge-refs.js';
import type { RepositoryFolder } from '../repository-folder.js';
import { Admission } from './admission.js';
import { type BackendCall, ClientGone, exchangeWithBackend } from './backend-exchange.js';
import type { GitCaller } from './git-caller.js';
import type { GitExchange, GitHttpLimits } from './git-exchange.js';
import { type GitRoute, gitRoute, type GitService } from './git-route.js';
import { MalformedPackets } from './pkt-line.js';
import { receivePush } from './receive-push.js';
import { requestBody } from './request-body.js';

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

const STATUS: Partial<Record<ErrorKind, number>> = { invalid: 400, forbidden: 403, 'not-found': 404, conflict: 409, 'too-large': 413, unsupported: 415, unavailable: 503 };

/** git's smart HTTP protocol over the repositories of the forge, by git-http-backend. Who the caller is has been found out before. */
export class GitHttp {
  private readonly limits: GitHttpLimits;
  private readonly admission: Admission;

  constructor(private readonly options: GitHttpOptions) {
    this.limits = { ...DEFAULTS, ...options.limits };
    this.admission = new Admission(this.limits.atOnce, MAX_WAITING);
  }

  /** Answers one request, whose body nobody may have read. Never throws. */
  async handle(request: IncomingMessage, response: ServerResponse, caller: GitCaller, repository: RepositoryId): Promise<void> {
    const route = gitRoute(request.method, request.url, repository);
    if (route.kind === 'refused') return sendText(response, route.status, route.message);
    const leave = await this.admission.enter();
    if (!leave) return sendText(response, 503, 'Too many git requests at once: try again in a minute');
    try {
      const { gitDir } = await this.options.repositories.open(repository);
      await this.serve(route, { request, response, caller, repository, limits: this.limits, gitDir });
    } catch (error) {
      this.fail(error, request, response, repository);
    } finally {
      leave();
    }
  }

  private async serve(route: Exclude<GitRoute, { kind: 'refused' }>, exchange: GitExchange): Promise<void> {
    const { request, response } = exchange;
    if (route.kind === 'advertise') return exchangeWithBackend(backendCall(exchange, route), response);
    if (request.headers['content-type'] !== `application/x-${route.service}-request`) throw new Unsupported(`Send the content type application/x-${route.service}-request, as git does`);
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
