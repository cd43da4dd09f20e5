import { instant } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import { DateTime, IANAZone } from 'luxon';
import { didYouMean } from '../suggestion.js';

const LOCAL = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?)?$/;

/** What is wrong with the name of a time zone. */
export function checkTimezone(text: string): string | undefined {
  if (IANAZone.isValidZone(text)) return undefined;
  return `there is no time zone "${text}"${didYouMean(text, Intl.supportedValuesOf('timeZone')) || '; names are such as Europe/Berlin or UTC'}`;
}

/** Reads `2026-12-24`, `2026-12-24T18:00` (in that zone), `2026-12-24T18:00+01:00`. A time that a change of the clock leaves out is the one that far after it. */
export function parseLocalTime(text: string, timezone: string): Instant | undefined {
  if (!LOCAL.test(text)) return undefined;
  const time = DateTime.fromISO(text, { zone: timezone });
  return time.isValid ? instant(time.toMillis()) : undefined;
}
