import type { DriftScope } from './find-drift.js';

/** What watches tell counts for so long after everything was looked at: they are hints, and may miss something. */
const TRUSTED_MS = 20_000;

/** Which objects watches have told of since they were looked at: while many controllers are at work, only these are asked for, not all kinds every time. */
export class Hints {
  private readonly keys = new Set<string>();
  private trustedUntil = 0;

  constructor(private readonly now: () => number = () => performance.now()) {}

  add(key: string): void {
    this.keys.add(key);
  }

  /** Something may have been missed: the next look is at everything. */
  forget(): void {
    this.trustedUntil = 0;
  }

  /** Looks at what was told, if there is something and everything was looked at not long ago; else at everything. */
  async look<T>(deep: boolean, look: (scope: DriftScope) => Promise<T>): Promise<T> {
    const only = !deep && this.keys.size > 0 && this.now() < this.trustedUntil ? new Set(this.keys) : undefined;
    const began = this.now();
    this.keys.clear();
    const until = this.trustedUntil;
    this.trustedUntil = 0;
    const found = await look({ deep, only });
    this.trustedUntil = only ? until : began + TRUSTED_MS;
    return found;
  }
}
