/** Times in which merging is denied, or the only ones in which it is allowed. */
export interface WindowRule {
  readonly effect: 'deny' | 'allow';
  readonly times: WindowTimes;
  /** Name of the IANA database. */
  readonly timezone: string;
  /** The times as they are written. */
  readonly text: string;
}

export type WindowTimes =
  /** Begins on each of the weekdays (1: Monday) at `from`, and ends `days` later at `to`; both are minutes of a day on the wall's clock. */
  | { readonly kind: 'weekly'; readonly weekdays: readonly number[]; readonly from: number; readonly days: number; readonly to: number }
  /** Begins whenever the expression says (minute, hour, day of the month, month, weekday) and lasts `duration` milliseconds. */
  | { readonly kind: 'cron'; readonly cron: string; readonly duration: number };
