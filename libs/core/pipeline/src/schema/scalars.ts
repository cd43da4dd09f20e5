import { parseDuration } from '@sluice/kernel';
import { z } from 'zod';
import { parseFieldPath } from '../field-path.js';
import { checkGlob } from '../globs/glob-syntax.js';
import { parsePrincipal } from '../principal.js';
import { checkBranch } from './branch-name.js';

const NAME_PATTERN = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const DURATION_PATTERN = /^(\d+(ms|s|m|h|d))+$/;

export const name = z
  .string()
  .regex(NAME_PATTERN, 'must be a DNS label: lower-case letters, digits and "-", at most 63, beginning and ending with a letter or digit')
  .describe('A DNS label.');

export const text = z.string().min(1).max(1_000);

export const branch = checked(checkBranch).describe('A branch of this repository, without "refs/heads/".');

export const glob = checked(checkGlob).describe('A path glob from the repository\'s root: "*" and "?" within a segment, "**" for any number of segments.');

export const fieldPath = checked((value) => {
  const result = parseFieldPath(value);
  return result.ok ? undefined : `field path ${result.problem}`;
}).describe('A field path: spec.replicas, spec.template.spec.containers[*].image, metadata.annotations["a.b/c"].');

export const duration = z
  .string()
  .regex(DURATION_PATTERN, 'must be a duration such as "90s", "10m", "1h30m" or "2d"')
  .refine((value) => !DURATION_PATTERN.test(value) || parseDuration(value) !== undefined, 'is too long a time')
  .describe('A length of time: 90s, 10m, 1h30m, 2d.');

const principal = checked((value) =>
  parsePrincipal(value) ? undefined : 'must be "person:<name>", "group:<name>" or "*" (everybody who is signed in)',
).describe('person:<name>, group:<name> or "*".');

export const principals = z.array(principal).min(1).max(100);

export function checked(problemOf: (value: string) => string | undefined): z.ZodString {
  return z.string().superRefine((value, context) => {
    const message = problemOf(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}
