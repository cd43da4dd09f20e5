import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { API, pathOf } from '@sluice/contracts';
import type { Route } from '@sluice/contracts';
import type { z } from 'zod';
import { freePort } from './free-port.js';

const CLI = resolve(import.meta.dirname, '../../../apps/cli/dist/main.js');

type ReplyOf<R extends Route> = R['reply'] extends z.ZodType ? z.output<R['reply']> : undefined;

export interface SystemOptions {
  /** Branches to take over; absent with `example: false`: an empty repository. */
  readonly repository?: string;
  readonly example?: boolean;
  /** How its requests are merged. Default: squash. */
  readonly mergeMethod?: 'squash' | 'rebase' | 'merge';
  readonly backing?: { readonly redis: string; readonly database: string };
  /** An existing data folder; absent: a temporary one that goes with the system. */
  readonly data?: string;
  /** Default: a free one. */
  readonly port?: number;
  readonly onLine?: (line: string) => void;
  /** Further options of `sluice up`. */
  readonly options?: readonly string[];
  /** Beside what this process has. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** A whole Sluice, built, and started as a user starts it: server, dashboard and agents. */
export class LocalSystem {
  readonly url: string;
  readonly token: string;
  /** A git URL to clone and push to. */
  readonly repository: string;
  readonly repositoryId: string;

  private constructor(
    connection: { readonly url: string; readonly token: string; readonly repository: string },
    readonly data: string,
    /** Of `sluice up`. */
    readonly pid: number,
    private readonly end: () => Promise<void>,
  ) {
    this.url = connection.url;
    this.token = connection.token;
    this.repository = connection.repository;
    this.repositoryId = basename(new URL(connection.repository).pathname, '.git');
  }

  /** Runs `sluice up` on a free port and waits until it is ready. @throws Error with its output when it is not. */
  static async start(options: SystemOptions = {}): Promise<LocalSystem> {
    const data = options.data ?? (await mkdtemp(join(tmpdir(), 'sluice-system-')));
    const child = spawn(process.execPath, [CLI, ...(await argumentsOf(options, data))], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...options.environment } });
    const exited = new Promise<void>((done) => child.once('exit', () => done()));
    const end = async (): Promise<void> => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await exited;
      if (options.data === undefined) await rm(data, { recursive: true, force: true });
    };
    try {
      await ready(child, exited, options.onLine);
      const connection = JSON.parse(await readFile(join(data, 'connection.json'), 'utf8')) as { url: string; token: string; repository: string };
      return new LocalSystem(connection, data, child.pid ?? 0, end);
    } catch (error) {
      await end();
      throw error;
    }
  }

  async call<R extends Route>(route: R, call: { readonly params?: Readonly<Record<string, string | number>>; readonly query?: Readonly<Record<string, string | number>>; readonly body?: unknown; readonly token?: string } = {}): Promise<ReplyOf<R>> {
    const url = new URL(pathOf(route, call.params), this.url);
    for (const [name, value] of Object.entries(call.query ?? {})) url.searchParams.set(name, String(value));
    const response = await fetch(url, {
      method: route.method,
      headers: { authorization: `Bearer ${call.token ?? this.token}`, ...(call.body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${route.method} ${url.pathname} answered ${response.status}: ${text.slice(0, 500)}`);
    return (route.reply ? route.reply.parse(JSON.parse(text)) : undefined) as ReplyOf<R>;
  }

  /** An API token of somebody, made by the administrator. */
  async tokenOf(person: string): Promise<string> {
    return (await this.call(API.createTokenFor, { params: { person }, body: { label: 'tools' } })).token;
  }

  /** The address of a new login link. */
  async loginLink(person: string): Promise<string> {
    return (await this.call(API.createLoginLink, { body: { person } })).url;
  }

  /** The git URL with the credential in it: for git run by tools on this machine, never for a user. */
  get gitEnvironment(): Readonly<Record<string, string>> {
    const header = `Authorization: Basic ${Buffer.from(`token:${this.token}`).toString('base64')}`;
    return { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'http.extraHeader', GIT_CONFIG_VALUE_0: header };
  }

  stop(): Promise<void> {
    return this.end();
  }
}

async function argumentsOf({ repository, example, backing, mergeMethod, port, options = [] }: SystemOptions, data: string): Promise<readonly string[]> {
  const args = ['up', '--port', String(port ?? (await freePort())), '--data', data, ...options];
  if (repository !== undefined) args.push('--repository', repository);
  else if (example === false) args.push('--no-example');
  if (mergeMethod) args.push('--merge-method', mergeMethod);
  if (backing) args.push('--redis', backing.redis, '--database', backing.database);
  return args;
}

function ready(child: ChildProcessByStdio<null, Readable, Readable>, exited: Promise<void>, onLine: SystemOptions['onLine']): Promise<void> {
  const output: string[] = [];
  return new Promise((done, fail) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        output.push(line);
        onLine?.(line);
        if (line.startsWith('Sluice is ready: ')) done();
      });
    }
    void exited.then(() => fail(new Error(`sluice up has ended:\n${output.join('\n')}`)));
  });
}
