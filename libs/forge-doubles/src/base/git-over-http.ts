import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { outputOf } from './run-git.js';

export interface GitCall {
  /** The folder with the repositories. */
  readonly root: string;
  /** Of the repository below it, such as `acme/shop`. */
  readonly repository: string;
  /** What follows, such as `info/refs`. */
  readonly service: string;
  readonly query: URLSearchParams;
  /** The account that asks. */
  readonly user: string;
}

export interface GitAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

const SERVICES: readonly string[] = ['git-upload-pack', 'git-receive-pack'];
const unzip = promisify(gunzip);

// Of protocol 2 it says what this git can do, and nothing about the repository.
const capabilities = new Map<string, Buffer>();

/** One exchange of git's smart protocol (https://git-scm.com/docs/http-protocol), by git's own upload-pack and receive-pack as git-http-backend runs them; nothing of the dumb one. */
export async function gitOverHttp(call: GitCall, request: IncomingMessage): Promise<GitAnswer> {
  // whole before anything is started: of a body that is cut off, git waits for the rest for ever
  const body = await buffer(request);
  if (request.method === 'GET' && call.service === 'info/refs') return advertised(call, request);
  if (request.method !== 'POST' || !SERVICES.includes(call.service)) return refused(404);
  if (request.headers['content-type'] !== `application/x-${call.service}-request`) return refused(415);
  const input = request.headers['content-encoding'] === 'gzip' ? await unzip(body) : body;
  const result = await run(call, request, { service: call.service, option: '--stateless-rpc', input });
  return result ? answer(`${call.service}-result`, result) : refused(500);
}

async function advertised(call: GitCall, request: IncomingMessage): Promise<GitAnswer> {
  const service = call.query.get('service') ?? '';
  if (!SERVICES.includes(service)) return refused(404);
  const version = protocolOf(request);
  const isSecond = service === 'git-upload-pack' && version.split(':').includes('version=2');
  const told = (isSecond ? capabilities.get(version) : undefined) ?? (await run(call, request, { service, option: '--http-backend-info-refs', input: Buffer.alloc(0) }));
  if (!told) return refused(500);
  if (isSecond) capabilities.set(version, told);
  const head = `# service=${service}\n`;
  const first = `${(head.length + 4).toString(16).padStart(4, '0')}${head}0000`;
  return answer(`${service}-advertisement`, isSecond ? told : Buffer.concat([Buffer.from(first), told]));
}

function refused(status: number): GitAnswer {
  return { status, headers: {}, body: Buffer.alloc(0) };
}

function answer(type: string, body: Buffer): GitAnswer {
  return { status: 200, headers: { 'content-type': `application/x-${type}`, 'cache-control': 'no-cache, max-age=0, must-revalidate' }, body };
}

/** @returns nothing when git failed before it said anything; what it says of a failure goes to whoever asked */
async function run({ root, repository, user }: GitCall, request: IncomingMessage, { service, option, input }: { readonly service: string; readonly option: string; readonly input: Buffer }): Promise<Buffer | undefined> {
  const version = protocolOf(request);
  const env = { GIT_COMMITTER_NAME: user, ...(version !== '' && { GIT_PROTOCOL: version }) };
  const { code, stdout } = await outputOf([service.slice('git-'.length), option, join(root, `${repository}.git`)], env, input);
  return code !== 0 && stdout.length === 0 ? undefined : stdout;
}

function protocolOf({ headers }: IncomingMessage): string {
  const value = headers['git-protocol'];
  return typeof value === 'string' ? value : '';
}
