import type { Brand } from './brand.js';

/** Milliseconds since the epoch, UTC. */
export type Instant = Brand<number, 'Instant'>;
/** The only way to the time outside of adapters; core functions take `now` as an argument. */
export type Clock = () => Instant;

export function instant(milliseconds: number): Instant {
  return milliseconds as Instant;
}

export function later(at: Instant, milliseconds: number): Instant {
  return (at + milliseconds) as Instant;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(\d+(ms|s|m|h|d))+$/;

/** Milliseconds of `90s`, `10m`, `1h30m`, `2d`; `undefined` when the text is no duration. */
export function parseDuration(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|s|m|h|d)/g)) total += Number(count) * (UNITS[unit ?? ''] ?? 0);
  return Number.isSafeInteger(total) ? total : undefined;
}

/** A short text of a length of time for people: `2d 3h`, `1h 5m`, `40s`. Takes milliseconds. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor(seconds / 3_600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'm'],
    [seconds % 60, 's'],
  ];
  const first = parts.findIndex(([count]) => count > 0);
  if (first < 0) return '0s';
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join(' ');
}
