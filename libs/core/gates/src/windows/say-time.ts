import type { Instant } from '@sluice/kernel';
import { DateTime } from 'luxon';

/** A time for people: `Mon 2026-12-28 08:00 Europe/Berlin`. */
export function sayTime(at: Instant, timezone: string): string {
  return `${DateTime.fromMillis(at, { zone: timezone, locale: 'en' }).toFormat('ccc yyyy-MM-dd HH:mm')} ${timezone}`;
}
