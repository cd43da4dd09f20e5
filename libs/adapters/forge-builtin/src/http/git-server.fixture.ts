import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryId } from '@sluice/kernel';
import type { PushEvent } from '@sluice/usecases';
import { createTestForge, type TestForge } from '../forge.fixture.js';
import type { BuiltinForgeOptions } from '../builtin-forge.js';
import { AUTHENTICATE, presentedCredential } from './credentials.js';
import type { GitCaller } from './git-caller.js';

export const TOKEN = randomBytes(16).toString('hex');
const TOKENS: Readonly<Record<string, Pick<GitCaller, 'name' | 'kind'>>> = { [TOKEN]: { name: 'ada', kind: 'person' }, 'service-token': { name: 'worker', kind: 'service' } };

export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** A forge behind a real HTTP server, and real git clients. */
export interface GitServer {
  readonly forge: TestForge;
  readonly server: Server;
  readonly events: readonly PushEvent[];
  /** Refs that nobody may push, with the reason. */
  readonly denied: Map<string, string>;
  readonly origin: string;
  url(token?: string): string;
  /** Runs the user's git in a folder below the test's. */
  git(args: readonly string[], options?: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> }): Promise<Ran>;
  /** A clone with an author set; its folder. */
  clone(name: string): Promise<string>;
  /** Adds a commit with one file to a clone. */
  write(cwd: string, path: string, content: string | Buffer): Promise<void>;
  stop(): Promise<void>;
}

export async function createGitServer(options: Partial<BuiltinForgeOptions> = {}): Promise<GitServer> {
  const forge = await createTestForge(options);
  const folder = await mkdtemp(join(tmpdir(), 'sluice-clients-'));
  const events: PushEvent[] = [];
  const denied = new Map<string, string>();
  forge.onPush((event) => void events.push(event));
  const server = createServer((request, response) => {
    const credential = presentedCredential(request.headers.authorization);
    const known = credential && TOKENS[credential.secret];
    if (!known) return void response.writeHead(401, { 'www-authenticate': AUTHENTICATE }).end('Who are you?\n');
    const repository = /^\/git\/([a-z0-9-]+)/.exec(request.url ?? '')?.[1] ?? 'shop';
    void forge.http.handle(request, response, { ...known, canPush: (ref) => denied.get(ref) ?? true }, repositoryId(repository));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = (token = TOKEN): string => `http://ada:${token}@127.0.0.1:${port}/git/shop.git`;
  const git: GitServer['git'] = (args, { cwd = folder, env = {} } = {}) => runClient(args, cwd, { ...clientEnvironment(folder), ...env });
  return {
    forge,
    server,
    events,
    denied,
    origin: `http://127.0.0.1:${port}`,
    url,
    git,
    clone: async (name) => {
      const { code, output } = await git(['clone', '-q', url(), name]);
      if (code !== 0) throw new Error(output);
      return join(folder, name);
    },
    write: async (cwd, path, content) => {
      await writeFile(join(cwd, path), content);
      await git(['add', '.'], { cwd });
      await git(['commit', '-q', '-m', `Write ${path}`], { cwd });
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await forge.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function runClient(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<Ran> {
  try {
    const { stdout, stderr } = await promisify(execFile)('git', args, { cwd, env, maxBuffer: 64 * 1024 * 1024 });
    return { code: 0, output: stdout + stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number; stdout?: string; stderr?: string };
    return { code: code ?? -1, output: `${stdout ?? ''}${stderr ?? ''}` };
  }
}

function clientEnvironment(home: string): Record<string, string> {
  const person = { GIT_AUTHOR_NAME: 'Ada', GIT_AUTHOR_EMAIL: 'ada@example.org', GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.org' };
  return { PATH: process.env['PATH'] ?? '', HOME: home, LC_ALL: 'C', GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0', ...person };
}
