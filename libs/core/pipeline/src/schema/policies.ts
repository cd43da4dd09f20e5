import { z } from 'zod';
import { fieldPath, principals, text } from './scalars.js';
import { section } from './section.js';
import { waves } from './waves.js';

const required = z.int().min(1).max(100).describe('How many people must approve.');

const quorumPart = section({
  from: principals.min(1).describe('Of whom.'),
  required: z.int().min(1).max(100).describe('How many of them.'),
});

const approvalsSection = section({
  required: required.optional().describe('How many people must approve; default with a quorum: as many as its parts ask for together.'),
  quorum: z.array(quorumPart).min(1).max(20).optional().describe('So many of each of these; a person counts once in all, so nobody fills two parts.'),
  from: principals.optional().describe('Whose approvals count; default everybody.'),
  excludeAuthors: z.boolean().optional().describe('Authors of the promoted commits may not approve; default true.'),
  excludeRequester: z.boolean().optional().describe('Who asked for the promotion may not approve; default true.'),
});

/** How many people the parts of a quorum ask for together. */
export function quorumSize({ quorum = [] }: { readonly quorum?: readonly { readonly required: number }[] | undefined }): number {
  return quorum.reduce((sum, part) => sum + part.required, 0);
}

export const approvals = approvalsSection.superRefine((policy, context) => {
  if (policy.required === undefined && policy.quorum === undefined) context.addIssue({ code: 'custom', path: ['required'], message: 'say how many people must approve (required), or of whom (quorum)' });
  else if ((policy.required ?? Infinity) < quorumSize(policy)) context.addIssue({ code: 'custom', path: ['required'], message: `the parts of the quorum ask for ${quorumSize(policy)} people together: say at least that, or nothing` });
});

export const driftWithIgnore = section({
  mode: z.enum(['revert', 'report']).optional().describe('Default revert.'),
  ignore: z
    .array(section({ kind: text.optional().describe('Only in objects of this kind; default all.'), fields: z.array(fieldPath).min(1).max(50) }))
    .max(100)
    .optional()
    .describe('Fields whose difference is no drift: they are neither reverted nor reported.'),
});

export const rollout = section({
  waves: waves.optional(),
  onDegraded: z
    .enum(['rollback', 'pause', 'report'])
    .optional()
    .describe('What happens when what was merged has Failed where its application was healthy before: it is rolled back, the waves pause until somebody says "continue", or it is only reported; default report.'),
});

export const emergency = section({
  required: z.int().min(1).max(100).describe('How many of them it takes.'),
  from: principals.describe('Who may act in an emergency.'),
  also: z.array(z.enum(['approvals', 'adoption'])).min(1).max(2).optional().describe('What they may override besides gates, windows and freezes; default nothing.'),
}).describe('Who may override a gate, always with a reason that is shown to everybody.');
