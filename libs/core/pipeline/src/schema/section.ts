import { z } from 'zod';

/**
 * A map with exactly these keys. The message of an unknown key lists the known ones, from which describe-issue.ts makes a suggestion.
 */
export function section<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape).join(' ');
  return z.strictObject(shape, { error: (issue) => (issue.code === 'unrecognized_keys' ? known : undefined) });
}

/** Part of the schema that no release implements yet: recognised, and refused so that nobody believes it works. */
export function later<Schema extends z.ZodType>(schema: Schema, what: string): Schema {
  return schema.superRefine((_, context) => context.addIssue({ code: 'custom', message: notYet(what) })).describe(`Not supported yet: ${what}.`);
}

function notYet(what: string): string {
  return `${what} is not supported yet`;
}
