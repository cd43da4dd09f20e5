import type { Clock } from '@sluice/kernel';
import { z } from 'zod';
import type { ForgeMemory } from '../ports/index.js';

/** For how long an answer counts when nothing was heard of a change: a little less than the time between two sweeps, so that each of them asks. */
const FRESH = 270_000;

const zEntry = z.object({ at: z.number(), value: z.unknown() });

/** Answers of a forge that count until it says that something has changed, or for {@link FRESH}. */
export class Remembered {
  constructor(
    private readonly memory: ForgeMemory,
    private readonly clock: Clock,
  ) {}

  /** What is remembered under a key, or what `load` gives. A memory that another version wrote counts for nothing. */
  async get<T>(key: string, schema: z.ZodType<T>, load: () => Promise<T>): Promise<T> {
    const known = await this.known(key, schema);
    if (known !== undefined) return known;
    const value = await load();
    await this.put(key, value);
    return value;
  }

  /** What is remembered, however little time is left for it; undefined: nothing (any more). */
  async known<T>(key: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const entry = zEntry.safeParse(parsed(await this.memory.get(key)));
    if (!entry.success || this.clock() - entry.data.at > FRESH) return undefined;
    const value = schema.safeParse(entry.data.value);
    return value.success ? value.data : undefined;
  }

  put(key: string, value: unknown): Promise<void> {
    return this.memory.put(key, JSON.stringify({ at: this.clock(), value }));
  }

  forget(prefix: string): Promise<void> {
    return this.memory.forget(prefix);
  }
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
