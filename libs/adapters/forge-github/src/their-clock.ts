import { type Clock, instant } from '@sluice/kernel';

/** Milliseconds that clocks may differ by without harm. */
const HARMLESS = 30_000;

/** GitHub's clock, where ours has turned out to be another one: by theirs an app proves itself, and its tokens end. */
export class TheirClock {
  private ahead = 0;

  constructor(private readonly ours: Clock) {}

  readonly now: Clock = () => instant(this.ours() + this.ahead);

  /** Takes the time that an answer says. @returns whether it is another than was thought */
  takes(date: unknown): boolean {
    const theirs = Date.parse(String(date));
    if (Number.isNaN(theirs) || Math.abs(theirs - this.now()) <= HARMLESS) return false;
    this.ahead = theirs - this.ours();
    return true;
  }
}
