import { expressionProblem, placeText } from '@sluice/policy';
import { z } from 'zod';
import { name, text } from './scalars.js';
import { section } from './section.js';

const MAX_VALIDATIONS = 50;

const expression = z
  .string()
  .min(1)
  .superRefine((value, context) => {
    const problem = expressionProblem(value);
    if (problem) context.addIssue({ code: 'custom', message: `is no valid CEL expression${placeText(problem)}: ${problem.message}` });
  })
  .describe('CEL that gives true or false, over `objects`, `changes`, `application`, `environment` and `source`.');

const policy = section({
  name,
  type: z.literal('policy'),
  validations: z
    .array(section({ expression, message: text.describe('What the verdict says when the expression is false.') }))
    .min(1)
    .max(MAX_VALIDATIONS)
    .describe('As in a ValidatingAdmissionPolicy of Kubernetes: each must be true.'),
}).describe('Passes when every CEL expression holds for the objects that the target would have.');

/** Gates that look at what would be promoted, and those that ask others about it. */
export const CONTENT_GATES = [policy] as const;
