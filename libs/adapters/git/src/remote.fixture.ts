import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ImportEdit, fastImport, gitBackendPath, gitEnvironment, runGit, updateRefs } from '@sluice/git-process';
import type { CommitSha } from '@sluice/kernel';

export const USER = 'sluice';
export const PASSWORD = 'correct-horse-battery';

/** A path's new text; `null` deletes it. */
export type Files = Readonly<Record<string, string | null>>;

let clock = 1_700_000_000;

/** A bare repository on disk that stands for what a team pushes to. */
export class RemoteRepository {
  constructor(readonly path: string) {}

  static async create(folder: string, name: string, format = 'sha1'): Promise<RemoteRepository> {
    const path = join(folder, `${name}.git`);
    await runGit(['init', '--quiet', '--bare', `--object-format=${format}`, '--', path]);
    await runGit(['config', 'http.receivepack', 'true'], { gitDir: path });
    return new RemoteRepository(path);
  }

  /** Commits files on top of a branch (or of `from`) and moves the branch there, whatever it was at. */
  async commit(branch: string, files: Files, options: { from?: CommitSha | null; merge?: CommitSha; message?: string; author?: string } = {}): Promise<CommitSha> {
    const parent = options.from === undefined ? await this.head(branch) : (options.from ?? undefined);
    const edits = Object.entries(files).map(([path, text]): ImportEdit => (text === null ? { path } : { path, file: { mode: '100644', bytes: Buffer.from(text) } }));
    const author = { name: options.author ?? 'Ada', email: 'ada@example.org', date: (clock += 60) };
    const parents = [parent, options.merge].filter((sha) => sha !== undefined);
    const { commit } = await fastImport(this.path, { parents, edits, message: options.message ?? 'Change', author });
    await this.set(branch, commit as CommitSha);
    return commit as CommitSha;
  }

  async head(branch: string): Promise<CommitSha | undefined> {
    return this.ref(`refs/heads/${branch}`);
  }

  async ref(name: string): Promise<CommitSha | undefined> {
    const { stdout } = await runGit(['rev-parse', '--verify', '--quiet', name], { gitDir: this.path, answers: [1] });
    return (stdout.toString('utf8').trim() || undefined) as CommitSha | undefined;
  }

  async set(branch: string, commit: CommitSha | null): Promise<void> {
    const outcome = await updateRefs(this.path, [{ ref: `refs/heads/${branch}`, to: commit }]);
    if (outcome.kind !== 'updated') throw new Error(outcome.message);
  }
}

/** Serves a folder of repositories over git's smart HTTP, behind basic authentication. */
export class GitHttpServer {
  /** Requests that asked for references, and those that fetched or pushed objects. */
  readonly requests: string[] = [];
  private server: Server | undefined;
  private port = 0;

  constructor(
    private readonly folder: string,
    private readonly backend: string,
  ) {}

  static async start(folder: string): Promise<GitHttpServer> {
    const server = new GitHttpServer(folder, await gitBackendPath());
    await server.up();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Listens, after {@link down} on the same port. */
  async up(): Promise<void> {
    this.server = createServer((request, response) => this.serve(request, response)).listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  async down(): Promise<void> {
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const { pathname, search } = new URL(request.url ?? '/', this.url);
    const expected = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="git"' }).end();
      return;
    }
    this.requests.push(`${request.method} ${pathname}${search}`);
    const child = spawn(this.backend, [], { env: this.cgi(request, pathname, search) });
    request.pipe(child.stdin).on('error', () => undefined);
    answer(child.stdout, response);
  }

  private cgi(request: IncomingMessage, pathname: string, search: string): Record<string, string> {
    return {
      ...gitEnvironment(),
      GIT_PROJECT_ROOT: this.folder,
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      REMOTE_USER: USER,
      REQUEST_METHOD: request.method ?? 'GET',
      PATH_INFO: pathname,
      QUERY_STRING: search.slice(1),
      CONTENT_TYPE: request.headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
    };
  }
}

/** Turns a CGI program's header into ours and passes the rest on. */
function answer(output: NodeJS.ReadableStream, response: ServerResponse): void {
  let header = Buffer.alloc(0);
  output.on('data', function onHeader(chunk: Buffer) {
    header = Buffer.concat([header, chunk]);
    const end = header.indexOf('\r\n\r\n');
    if (end < 0) return;
    output.removeListener('data', onHeader);
    const lines = header.toString('latin1', 0, end).split('\r\n').map((line) => line.split(/:\s*/, 2) as [string, string]);
    const fields = lines.filter(([name]) => name.toLowerCase() !== 'status');
    response.writeHead(Number(lines.find(([name]) => name.toLowerCase() === 'status')?.[1]?.slice(0, 3) ?? 200), Object.fromEntries(fields));
    response.write(header.subarray(end + 4));
    output.pipe(response);
  });
}

/** A folder for one test. */
export function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'sluice-git-'));
}
