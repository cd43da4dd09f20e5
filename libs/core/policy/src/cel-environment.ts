import { Environment } from '@marcbachmann/cel-js';

/** Of one expression: far above what a policy needs, far below what takes long to read. */
export const MAX_EXPRESSION = 4_000;
const LIMITS = { maxAstNodes: 2_000, maxDepth: 60, maxListElements: 500, maxMapEntries: 500, maxCallArguments: 16 };

/** What an expression may name. Objects are as they are in the file: fields that may be absent are asked for with `has()` or `.?`. */
const VARIABLES = {
  objects: 'list<dyn>',
  changes: 'list<dyn>',
  application: 'string',
  environment: 'string',
  source: 'map<string, string>',
} as const;

export type PolicyVariable = keyof typeof VARIABLES;

/** The one environment in which expressions are checked and evaluated: what `validate` accepts, a gate evaluates. */
export function celEnvironment(): Environment {
  const environment = new Environment({ homogeneousAggregateLiterals: false, enableOptionalTypes: true, limits: LIMITS });
  for (const [name, type] of Object.entries(VARIABLES)) environment.registerVariable(name, type);
  return environment;
}
