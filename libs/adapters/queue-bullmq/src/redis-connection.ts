import { InvalidInput } from '@sluice/kernel';
import { Redis, type RedisOptions } from 'ioredis';
import type { QueueLog } from './queue-log.js';

/**
 * `patient`: commands wait for Redis to come back, as BullMQ's workers need it. `impatient`: a command fails at once while Redis is away, so that nothing piles up in memory.
 */
export type RedisManner = 'patient' | 'impatient';

const LONGEST_PAUSE = 5_000;

/**
 * An ioredis client that reconnects for ever, with growing pauses and jitter. Neither its errors nor its log lines hold the password.
 * @throws InvalidInput when the URL is none of Redis.
 */
export function redisConnection(url: string, manner: RedisManner, log: QueueLog): Redis {
  const options: RedisOptions = {
    retryStrategy: (times) => Math.min(100 * 2 ** Math.min(times, 10), LONGEST_PAUSE) * (0.75 + Math.random() / 2),
    maxRetriesPerRequest: null,
    ...(manner === 'impatient' && { enableOfflineQueue: false, commandTimeout: 5_000, autoResendUnfulfilledCommands: false }),
  };
  const client = new Redis(checkedUrl(url), options);
  logOutages(client, log);
  return client;
}

function checkedUrl(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed?.protocol !== 'redis:' && parsed?.protocol !== 'rediss:') throw new InvalidInput('the address of Redis must look like redis://host:6379 or rediss://user:password@host:6379/0');
  return url;
}

/** One line when the connection is lost and one when it is back, not one an attempt. */
function logOutages(client: Redis, log: QueueLog): void {
  let away = false;
  client.on('error', (error: NodeJS.ErrnoException) => {
    if (!away) log.warn({ code: error.code, reason: error.name }, 'redis is not reachable; trying again');
    away = true;
  });
  client.on('ready', () => {
    if (away) log.info({}, 'redis is reachable again');
    away = false;
  });
}
