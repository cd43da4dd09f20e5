import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gitBackendPath } from '@sluice/git-process';
import { outputOf } from './run-git.js';

export interface GitCall {
  /** The folder with the repositories. */
  readonly root: string;
  /** Of the repository's folder below it and what follows, such as `/acme/shop.git/info/refs`. */
  readonly path: string;
  readonly query: string;
  /** The account that asks. */
  readonly user: string;
}

let backend: Promise<string> | undefined;

export interface GitAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** One exchange of git's smart protocol, by git-http-backend (a CGI program, RFC 3875). */
export async function gitOverHttp(call: GitCall, request: IncomingMessage): Promise<GitAnswer> {
  backend ??= gitBackendPath();
  // whole before anything is started: of a body that is cut off, git-http-backend waits for the rest for ever, and busily
  const body = await buffer(request);
  const answer = await outputOf(await backend, variables(call, request, body.length), body);
  const end = answer.indexOf('\r\n\r\n');
  const fields = answer.toString('latin1', 0, Math.max(end, 0)).split('\r\n').map((line) => line.split(/: */, 2) as [string, string]);
  const status = fields.find(([name]) => name.toLowerCase() === 'status')?.[1] ?? (end < 0 ? '500' : '200');
  return { status: Number.parseInt(status, 10), headers: Object.fromEntries(fields.filter(([name]) => name.toLowerCase() !== 'status' && name !== '')), body: answer.subarray(end + 4) };
}

function variables({ root, path, query, user }: GitCall, request: IncomingMessage, length: number): Record<string, string> {
  const { headers } = request;
  return {
    GIT_PROJECT_ROOT: root,
    GIT_HTTP_EXPORT_ALL: '1',
    PATH_INFO: path,
    QUERY_STRING: query,
    REMOTE_USER: user,
    REQUEST_METHOD: request.method ?? 'GET',
    CONTENT_TYPE: headers['content-type'] ?? '',
    CONTENT_LENGTH: String(length),
    ...(headers['content-encoding'] !== undefined && { HTTP_CONTENT_ENCODING: headers['content-encoding'] }),
    ...(typeof headers['git-protocol'] === 'string' && { GIT_PROTOCOL: headers['git-protocol'] }),
  };
}
