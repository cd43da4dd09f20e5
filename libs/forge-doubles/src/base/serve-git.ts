import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Grant } from './accounts.js';
import type { DoubleRepository } from './double-repository.js';
import { type GitAnswer, gitOverHttp } from './git-over-http.js';
import type { World } from './world.js';

export interface GitExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** Of the repository. */
  readonly path: string;
  readonly service: string;
}

/** Answers git: who asks is the token in the password, as on every forge. */
export async function serveGit(world: World, exchange: GitExchange): Promise<void> {
  const { request, response, url } = exchange;
  const writes = `${exchange.service}${url.search}`.includes('git-receive-pack');
  if (isLedOn(world, exchange)) return;
  const repository = world.repository(exchange.path);
  const grant = grantOf(world, request.headers.authorization);
  const right = repository ? world.skin.gitRight(grant, repository) : 'none';
  const status = statusOf(grant, right, writes);
  world.log.add({ method: 'git', path: url.pathname + url.search, route: writes ? 'push' : 'fetch', status, login: grant ? grant.account.login : '' });
  if (status !== 200 || !repository || !grant) return refuse(response, status);
  const answer = await exchanged(world, exchange, repository, grant);
  if (world.deliverFirst && writes) await world.deliveries.settled();
  response.writeHead(answer.status, answer.headers).end(answer.body);
}

function refuse(response: ServerResponse, status: number): void {
  response.writeHead(status, status === 401 ? { 'www-authenticate': 'Basic realm="forge"' } : {}).end('Not for you\n');
}

/** Before anybody asks who it is: services/context/repo.go of Gitea, and so do the others. */
function isLedOn(world: World, { response, url, path }: GitExchange): boolean {
  const moved = world.movedTo(path);
  if (moved !== undefined) response.writeHead(301, { location: `${url.pathname.replace(path, moved)}${url.search}` }).end();
  return moved !== undefined;
}

async function exchanged({ root }: World, { request, service, url }: GitExchange, repository: DoubleRepository, { account }: Grant): Promise<GitAnswer> {
  const call = { root, repository: repository.path, service, query: url.searchParams, user: account.login };
  if (service !== 'git-receive-pack') return gitOverHttp(call, request);
  return repository.alone(() => repository.observingPushes(account, () => gitOverHttp(call, request)));
}

function statusOf(grant: Grant | undefined, right: 'none' | 'read' | 'write', writes: boolean): number {
  if (!grant) return 401;
  if (right === 'none') return 404;
  return writes && right !== 'write' ? 403 : 200;
}

function grantOf(world: World, authorization = ''): Grant | undefined {
  const basic = /^Basic (.+)$/i.exec(authorization)?.[1];
  if (basic === undefined) return undefined;
  const [user = '', password = ''] = Buffer.from(basic, 'base64').toString('utf8').split(/:(.*)/s);
  return user === '' ? undefined : world.accounts.of(password, world.now());
}
