import { InvalidInput, parseDuration } from '@sluice/kernel';

const MOMENT = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?)?$/;

/** Reads `2026-12-24`, `2026-12-24T18:00` (in this machine's time zone) or `2026-12-24T18:00+01:00` for the server, in UTC. @throws InvalidInput */
export function parseMoment(option: string, text: string): string {
  const time = MOMENT.test(text) ? new Date(text.includes('T') ? text : `${text}T00:00`) : undefined;
  if (!time || Number.isNaN(time.getTime()) || !isDay(text.slice(0, 10))) throw new InvalidInput(`${option} ${text}: not a time such as 2026-12-24T18:00 (of this machine's time zone) or 2026-12-24T18:00+01:00`);
  return time.toISOString();
}

/** The 30th of February would else be the second of March. */
function isDay(text: string): boolean {
  return new Date(`${text}T00:00Z`).toISOString().startsWith(text);
}

/**
 * Reads how long something is to last, such as `90m`, for the server, which takes seconds.
 * @param within the least and the most that the server takes, such as `1m` and `365d`
 * @throws InvalidInput also for less than a second
 */
export function parseSeconds(option: string, text: string, within?: readonly [least: string, most: string]): number {
  const duration = parseDuration(text);
  if (duration === undefined || duration < 1_000) throw new InvalidInput(`${option} ${text}: not a duration such as 90m, 12h or 90d`);
  const [least = 0, most = Infinity] = (within ?? []).map((bound) => parseDuration(bound));
  if (duration < least || duration > most) throw new InvalidInput(`${option} ${text}: give a length of time from ${within?.join(' to ') ?? ''}`);
  return Math.round(duration / 1_000);
}
