import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { dirname, join } from 'node:path';

const WHO = { GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.com', GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com' };

/** A bare repository with a working copy, by plain git. */
export class TestRepository {
  readonly bare: string;
  private readonly work: string;

  constructor(base: string) {
    this.bare = join(base, 'served', 'shop.git');
    this.work = join(base, 'work');
    mkdirSync(dirname(this.bare), { recursive: true });
    this.run(base, 'init', '--quiet', '--bare', this.bare);
    this.run(base, 'init', '--quiet', '-b', 'env/prod', this.work);
    this.git('remote', 'add', 'origin', this.bare);
  }

  git(...args: string[]): string {
    return this.run(this.work, ...args);
  }

  /** Commits these texts (null: deletes) and pushes. @returns the commit. */
  push(files: Readonly<Record<string, string | null>>, options: { readonly force?: boolean; readonly branch?: string } = {}): string {
    const commit = this.commit(files);
    this.git('push', '--quiet', ...(options.force ? ['--force'] : []), 'origin', `HEAD:refs/heads/${options.branch ?? 'env/prod'}`);
    return commit;
  }

  commit(files: Readonly<Record<string, string | null>>): string {
    for (const [path, text] of Object.entries(files)) {
      const at = join(this.work, path);
      mkdirSync(dirname(at), { recursive: true });
      if (text === null) rmSync(at);
      else if (text.startsWith('→')) symlinkSync(text.slice(1), at);
      else writeFileSync(at, text);
    }
    this.git('add', '--all');
    this.git('commit', '--quiet', '--allow-empty', '-m', 'change');
    return this.git('rev-parse', 'HEAD');
  }

  private run(cwd: string, ...args: string[]): string {
    const env = { PATH: process.env['PATH'], HOME: cwd, GIT_CONFIG_NOSYSTEM: '1', ...WHO };
    return execFileSync('git', args, { cwd, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  }
}

/** Serves a bare repository over smart HTTP with git's own program. */
export function serveGit(bare: string, request: IncomingMessage, response: ServerResponse): void {
  const [path = '', query = ''] = (request.url ?? '').split('?');
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env['PATH'],
      GIT_PROJECT_ROOT: dirname(bare),
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'safe.directory',
      GIT_CONFIG_VALUE_0: '*',
      REQUEST_METHOD: request.method,
      PATH_INFO: path.replace(/^\/git/, ''),
      QUERY_STRING: query,
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.on('close', () => reply(Buffer.concat(chunks), response));
}

function reply(output: Buffer, response: ServerResponse): void {
  const split = output.indexOf('\r\n\r\n');
  let status = 200;
  const headers: Record<string, string> = {};
  for (const line of output.subarray(0, Math.max(0, split)).toString('latin1').split('\r\n')) {
    const [name = '', value = ''] = line.split(/: (.*)/);
    if (name.toLowerCase() === 'status') status = Number.parseInt(value, 10);
    else headers[name] = value;
  }
  response.writeHead(status, headers).end(output.subarray(split + 4));
}
