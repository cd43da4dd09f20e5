import { z } from 'zod';

/**
 * A map with exactly these keys. The message of an unknown key lists the known ones, from which describe-issue.ts makes a suggestion.
 */
export function section<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).join(' ');
  return z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined) });
}
