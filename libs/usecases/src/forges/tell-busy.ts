import { Busy } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import type { ForgeMemory } from '../ports/index.js';

const KEY = 'waits';

/** The same port; when the forge wants no more calls for a time, that is written down for whoever asks why nothing moves. */
export function tellingWhenBusy<Port extends object>(port: Port, memory: ForgeMemory): Port {
  return new Proxy(port, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return async (...args: unknown[]): Promise<unknown> => {
        try {
          return await Reflect.apply(member, target, args);
        } catch (error) {
          if (error instanceof Busy) await memory.put(KEY, String(error.until));
          throw error;
        }
      };
    },
  });
}

/** Until when a forge wants no calls, if it does. */
export async function busyUntil(memory: ForgeMemory, now: Instant): Promise<number | undefined> {
  const until = Number(await memory.get(KEY));
  return until > now ? until : undefined;
}
