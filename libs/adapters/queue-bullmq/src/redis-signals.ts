import { afterCommit } from '@sluice/runtime';
import type { Signals } from '@sluice/usecases';
import type { Redis } from 'ioredis';
import { Listeners } from './listeners.js';
import type { QueueLog } from './queue-log.js';
import { redisConnection } from './redis-connection.js';

const PREFIX = 'sluice:signal:';

export interface RedisSignals extends Signals {
  close(): Promise<void>;
}

/**
 * Signals between processes. While Redis is away they are lost; so when it is back, every listener is called once. One that is given in a transaction is heard after the commit.
 */
export function createRedisSignals(url: string, log: QueueLog): RedisSignals {
  const listeners = new Listeners(log);
  const publisher = redisConnection(url, 'impatient', log);
  const subscriber = redisConnection(url, 'patient', log);
  subscriber.options.autoResubscribe = false;
  subscriber.on('ready', () => void resubscribe(subscriber, listeners));
  subscriber.on('message', (channel: string) => listeners.call(channel.slice(PREFIX.length)));
  const inBackground = (command: Promise<unknown>): void => void command.catch(() => undefined);
  return {
    publish: (topic) => void afterCommit(() => inBackground(publisher.publish(PREFIX + topic, ''))),
    subscribe: (topic, listener) => {
      if (listeners.add(topic, listener) && subscriber.status === 'ready') inBackground(subscriber.subscribe(PREFIX + topic));
      return () => {
        if (listeners.remove(topic, listener) && subscriber.status === 'ready') inBackground(subscriber.unsubscribe(PREFIX + topic));
      };
    },
    close: async () => {
      publisher.disconnect();
      subscriber.disconnect();
    },
  };
}

/** On a fresh connection: subscribes to everything, then has everybody look, for whatever was said meanwhile. */
async function resubscribe(subscriber: Redis, listeners: Listeners): Promise<void> {
  const { topics } = listeners;
  if (topics.length === 0) return;
  try {
    await subscriber.subscribe(...topics.map((topic) => PREFIX + topic));
  } catch {
    return; // lost again: the next connection comes here
  }
  for (const topic of topics) listeners.call(topic);
}
