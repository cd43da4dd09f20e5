interface Planned {
  readonly method: string;
  readonly how: 'rate-limited' | 'server-error' | 'lost-answer';
  left: number;
}

/** What goes wrong at Slack's end, as a test says. */
export class Faults {
  private isDown = false;
  private delay = 0;
  private refusal: string | undefined;
  private readonly planned: Planned[] = [];

  /** No call is answered and no connection lives: https://slack-status.com on a bad day. */
  setDown(down: boolean): void {
    this.isDown = down;
  }

  get down(): boolean {
    return this.isDown;
  }

  /** The bot's token is taken no more: `token_revoked`, `account_inactive` and the like; absent: it is again. */
  revoke(word?: string): void {
    this.refusal = word;
  }

  get revoked(): string | undefined {
    return this.refusal;
  }

  /** Every answer takes so many milliseconds longer. */
  slow(milliseconds: number): void {
    this.delay = milliseconds;
  }

  get latency(): number {
    return this.delay;
  }

  /** The next calls of a method fail so. `lost-answer`: the work is done, and the answer never comes. */
  next(method: string, how: Planned['how'], times = 1): void {
    this.planned.push({ method, how, left: times });
  }

  take(method: string): Planned['how'] | undefined {
    const found = this.planned.find((planned) => planned.method === method && planned.left > 0);
    if (!found) return undefined;
    found.left -= 1;
    return found.how;
  }
}
