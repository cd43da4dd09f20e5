import { z } from 'zod';
import { fieldPath, glob, name, text } from './scalars.js';
import { section } from './section.js';

export const ownershipRule = section({
  path: glob.optional().describe('Only files that match; without "fields" they are owned whole.'),
  kind: text.optional().describe('Only objects of this kind.'),
  fields: z.array(fieldPath).min(1).max(100).optional().describe('The fields that the environment keeps.'),
  part: z.literal('registry').optional().describe('Of an image reference, only what stands before the last "/".'),
  environments: z.array(name).min(1).max(100).optional().describe('The environments that own it; default all.'),
}).superRefine((rule, context) => {
  const problem = problemOf(rule);
  if (problem !== undefined) context.addIssue({ code: 'custom', ...problem });
});

interface RuleText {
  readonly path?: string | undefined;
  readonly kind?: string | undefined;
  readonly fields?: readonly string[] | undefined;
  readonly part?: string | undefined;
}

function problemOf(rule: RuleText): { message: string; path: string[] } | undefined {
  if (rule.part !== undefined && !rule.fields) return { message: '"part" needs "fields": it narrows what is kept of them', path: ['part'] };
  if (rule.fields) return rule.path !== undefined || rule.kind !== undefined ? undefined : { message: '"fields" needs "kind" or "path": whose fields are they?', path: ['fields'] };
  if (rule.kind !== undefined) return { message: '"kind" needs "fields": objects cannot be owned whole; own files by "path"', path: ['kind'] };
  return rule.path === undefined ? { message: 'needs "path", or "kind" with "fields"', path: [] } : undefined;
}
