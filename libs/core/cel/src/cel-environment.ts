import { Environment } from '@marcbachmann/cel-js';

const LIMITS = { maxAstNodes: 2_000, maxDepth: 60, maxListElements: 500, maxMapEntries: 500, maxCallArguments: 16 };

/** What an expression may name, with the type of each in CEL's own words: `dyn` where the fields of an object are not known. */
export type CelVariables = Readonly<Record<string, string>>;

/** The one kind of environment in which expressions are checked and evaluated: what a check accepts is what is evaluated later. */
export function celEnvironment(variables: CelVariables): Environment {
  const environment = new Environment({ homogeneousAggregateLiterals: false, enableOptionalTypes: true, limits: LIMITS });
  for (const [name, type] of Object.entries(variables)) environment.registerVariable(name, type);
  return environment;
}
