import { afterCommit } from '@sluice/runtime';
import type { Signals } from '@sluice/usecases';
import { Listeners } from './listeners.js';
import type { QueueLog } from './queue-log.js';

/** Signals within this process, for when it is the only one. One that is given in a transaction is heard after the commit. */
export function createLocalSignals(log: QueueLog): Signals {
  const listeners = new Listeners(log);
  return {
    publish: (topic) => void afterCommit(() => void setImmediate(() => listeners.call(topic))),
    subscribe: (topic, listener) => {
      listeners.add(topic, listener);
      return () => void listeners.remove(topic, listener);
    },
  };
}
