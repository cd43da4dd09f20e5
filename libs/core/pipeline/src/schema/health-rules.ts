import { expressionProblem, placeText } from '@sluice/cel';
import { HEALTH_VARIABLES } from '@sluice/health';
import { z } from 'zod';
import { checked } from './scalars.js';
import { section } from './section.js';

/** Of one expression: every agent gets them all with each assignment. */
const MAX_EXPRESSION = 1_000;
const MAX_RULES = 50;

const expression = checked((value) => {
  if (value.length > MAX_EXPRESSION) return `must not be longer than ${MAX_EXPRESSION} characters`;
  const problem = expressionProblem(value, HEALTH_VARIABLES);
  return problem && `is no valid CEL expression${placeText(problem)}: ${problem.message}`;
}).optional();

const apiVersion = z
  .string()
  .max(300)
  .regex(/^([a-z0-9]([a-z0-9.-]*[a-z0-9])?\/)?v[a-z0-9]+$/, 'must be the version as in manifests: "example.com/v1", or "v1" of the core group')
  .describe('As in manifests: example.com/v1.');
const kind = z.string().max(63).regex(/^[A-Z][A-Za-z0-9]*$/, 'must be a kind as in manifests, such as "Shop"').describe('As in manifests: Shop.');

const healthRule = section({
  apiVersion,
  kind,
  inProgress: expression.describe('True while it is at work; asked first.'),
  failed: expression.describe('True when it has failed; asked second.'),
  current: expression.describe('True when it is as it is asked for. With it, an object for which nothing is true is in progress; without it the common rules go on.'),
}).refine(({ inProgress, failed, current }) => inProgress !== undefined || failed !== undefined || current !== undefined, 'has no expression: write current, failed or inProgress');

export const healthRules = z
  .array(healthRule)
  .max(MAX_RULES)
  .describe('When objects of a kind are well in a cluster, in CEL over `object`: for kinds that say so in a way of their own.');
