import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { API } from '@sluice/contracts';

const CLI = resolve(import.meta.dirname, '../../cli/dist/main.js');

/** A whole Sluice with its example, started as a user starts it: server, three agents, the built dashboard. */
export class RunningSystem {
  private constructor(
    readonly url: string,
    /** Of Ada, who administrates. */
    private readonly token: string,
    private readonly end: () => Promise<void>,
  ) {}

  /** @throws Error with its output when it does not become ready. */
  static async start(): Promise<RunningSystem> {
    const data = await mkdtemp(join(tmpdir(), 'sluice-dashboard-'));
    const child = spawn(process.execPath, [CLI, 'up', '--port', String(await freePort()), '--data', data], { stdio: ['ignore', 'pipe', 'pipe'] });
    const output: string[] = [];
    const exited = new Promise<void>((done) => child.once('exit', () => done()));
    const end = async (): Promise<void> => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await exited;
      await rm(data, { recursive: true, force: true });
    };
    try {
      await new Promise<void>((done, fail) => {
        for (const stream of [child.stdout, child.stderr])
          createInterface({ input: stream }).on('line', (line) => {
            output.push(line);
            if (line.startsWith('Sluice is ready: ')) done();
          });
        void exited.then(() => fail(new Error(`sluice up has ended:\n${output.join('\n')}`)));
      });
      const { url, token } = JSON.parse(await readFile(join(data, 'connection.json'), 'utf8')) as { url: string; token: string };
      return new RunningSystem(url, token, end);
    } catch (error) {
      await end();
      throw error;
    }
  }

  /** The address of a new login link. */
  async loginLink(person: string): Promise<string> {
    const response = await fetch(new URL(API.createLoginLink.path, this.url), {
      method: API.createLoginLink.method,
      headers: { authorization: `Bearer ${this.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ person }),
    });
    return API.createLoginLink.reply.parse(await response.json()).url;
  }

  stop(): Promise<void> {
    return this.end();
  }
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address ? done(address.port) : fail(new Error('no port'))));
    });
  });
}
