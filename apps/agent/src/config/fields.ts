import { isAbsolute } from 'node:path';
import { parseDuration } from '@sluice/kernel';
import { z } from 'zod';

export const absolute = z.string().refine(isAbsolute, 'an absolute path');

/** A program of this machine, with its arguments. */
export const program = z.string().transform(programOf).refine((argv) => argv !== undefined, 'an absolute path of a program, or a JSON list of it and its arguments');

/** Milliseconds of a duration within bounds. */
export function duration(least: number, most: number) {
  return z
    .string()
    .transform((text) => parseDuration(text) ?? Number.NaN)
    .refine((milliseconds) => milliseconds >= least && milliseconds <= most, `a duration like 30s or 5m, from ${least / 1000} s to ${most / 1000} s`);
}

/** `/usr/bin/true` or `["/usr/bin/true", "--flag"]`: no shell reads it. */
function programOf(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return isAbsolute(text) ? [text] : undefined;
  try {
    const parsed = z.array(z.string()).min(1).safeParse(JSON.parse(text));
    return parsed.success && isAbsolute(parsed.data[0] ?? '') ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}
