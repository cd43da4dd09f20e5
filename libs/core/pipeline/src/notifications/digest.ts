import { parseDuration } from '@sluice/kernel';
import { checkTimezone } from '../windows/local-time.js';
import { parseWindowTimes } from '../windows/parse-window-times.js';

/** When what was gathered is told: every so many milliseconds, or every day at a minute of the day on the wall's clock. */
export type Digest = { readonly kind: 'every'; readonly every: number } | { readonly kind: 'daily'; readonly minute: number; readonly timezone: string };

export type DigestResult = { readonly ok: true; readonly digest: Digest } | { readonly ok: false; readonly problem: string };

const DAILY = /^daily (\d{2}):(\d{2})(?: (\S+))?$/;
const SHORTEST = 60_000;
const LONGEST = 86_400_000;

/** Reads `15m`, `daily 09:00` (UTC) and `daily 09:00 Europe/Berlin`. */
export function parseDigest(text: string): DigestResult {
  const daily = DAILY.exec(text.trim());
  if (daily) return dailyAt(daily);
  const every = parseDuration(text.trim());
  if (every === undefined) return refused('must be a duration such as "15m", or "daily 09:00", or "daily 09:00 Europe/Berlin"');
  return every < SHORTEST || every > LONGEST ? refused('must be from 1m to 24h') : { ok: true, digest: { kind: 'every', every } };
}

function dailyAt([, hours = '', minutes = '', timezone = 'UTC']: RegExpExecArray): DigestResult {
  const problem = checkTimezone(timezone);
  if (problem !== undefined) return refused(problem);
  const [hour, minute] = [Number(hours), Number(minutes)];
  if (hour > 23 || minute > 59) return refused(`"${hours}:${minutes}" is no time of day`);
  return { ok: true, digest: { kind: 'daily', minute: hour * 60 + minute, timezone } };
}

/** What is wrong with times in which nobody is to be disturbed. */
export function checkQuietTimes(text: string): string | undefined {
  const result = parseWindowTimes(text);
  return result.ok ? undefined : result.problem;
}

function refused(problem: string): DigestResult {
  return { ok: false, problem };
}
