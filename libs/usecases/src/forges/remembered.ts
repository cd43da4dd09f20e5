import { randomUUID } from 'node:crypto';
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
    const heard = await this.heard(key);
    const value = await load();
    await this.put(key, value);
    // stored first and looked at then: whoever hears something does it the other way round
    if ((await this.heard(key)) !== heard) await this.forget(key);
    return value;
  }

  /** What is known of something new without asking, unless the forge has told of it already. */
  async begin(key: string, value: unknown): Promise<void> {
    await this.put(key, value);
    if ((await this.heard(key)) !== undefined) await this.forget(key);
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

  private heard(key: string): Promise<string | undefined> {
    return this.memory.get(heardKey(key));
  }
}

/** The forge tells that something has changed: what is remembered of it counts no more, nor does an answer that is on its way now and may be older. */
export async function hear(memory: ForgeMemory, key: string): Promise<void> {
  await memory.put(heardKey(key), randomUUID());
  await memory.forget(key);
}

function heardKey(key: string): string {
  return `heard:${key}`;
}

function parsed(text: string | undefined): unknown {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
