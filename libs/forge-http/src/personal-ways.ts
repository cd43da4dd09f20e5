import { createHash } from 'node:crypto';
import type { ForgeMemory, ForgeParts } from '@sluice/usecases';
import { createForgeFetch, type ForgeLimits } from './forge-fetch.js';

/** Of a call that is not of a known person nothing is remembered. */
const NO_MEMORY: ForgeMemory = { get: () => Promise.resolve(undefined), put: () => Promise.resolve(), forget: () => Promise.resolve() };

/**
 * The ways out for calls with people's own tokens. Each login has turns and pauses of its own, as it has a quota of its own at the forge, and no answer that came to one of them is ever given to another
 * or to Sluice: none is remembered.
 */
export class PersonalWays {
  private readonly ways = new Map<string, typeof fetch>();

  constructor(
    private readonly parts: Pick<ForgeParts, 'fetch' | 'memory' | 'clock' | 'onCall'>,
    private readonly limits: Partial<ForgeLimits> = {},
  ) {}

  of(login: string): typeof fetch {
    const key = createHash('sha256').update(login.toLowerCase()).digest('hex').slice(0, 16);
    const known = this.ways.get(key) ?? this.make({ memory: this.parts.memory, credentialKey: `own-${key}` });
    this.ways.set(key, known);
    return known;
  }

  /** For one look: a token that a forge wants no more calls with must not keep others from theirs. */
  ofNobody(): typeof fetch {
    return this.make({ memory: NO_MEMORY });
  }

  private make(options: { readonly memory: ForgeMemory; readonly credentialKey?: string }): typeof fetch {
    const { fetch, clock, onCall } = this.parts;
    return createForgeFetch({ fetch, clock, ...options, limits: { ...this.limits, rememberedBytes: 0 }, ...(onCall && { onCall }) });
  }
}
