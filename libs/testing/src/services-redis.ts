import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { startSupervised } from './services-supervised.js';
import { redisProgram } from './services.js';

export interface RunningRedis {
  readonly url: string;
  /** Forgets everything, as an operator's FLUSHALL does. */
  flushAll(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts an empty Redis. It ends with this process, even when that is killed. @throws Error when it is not installed. */
export async function startRedis(): Promise<RunningRedis> {
  const program = redisProgram();
  if (!program) throw new Error('Redis is not installed: run the tests with SLUICE_SETUP=1, or install the package redis-server');
  const folder = mkdtempSync(join(tmpdir(), 'sluice-redis-'));
  const options = ['--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--maxmemory-policy', 'noeviction', '--dir', folder];
  const server = await startSupervised({
    name: 'Redis',
    folder,
    argv: (port) => [program, '--port', String(port), ...options],
    signal: 'TERM',
    probe: (port) => ask(port, 'PING'),
  });
  return { url: `redis://127.0.0.1:${server.port}`, flushAll: () => ask(server.port, 'FLUSHALL'), stop: () => server.stop() };
}

async function ask(port: number, command: 'PING' | 'FLUSHALL'): Promise<void> {
  const client = new Redis({ host: '127.0.0.1', port, lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0 });
  // A refused connection is also thrown by connect.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.call(command);
  } finally {
    client.disconnect();
  }
}
