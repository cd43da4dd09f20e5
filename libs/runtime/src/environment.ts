import type { z } from 'zod';

/** Variables of the environment that a process cannot start with; the message lists every one of them with what is wanted. Values are left out: they may be secrets. */
export class InvalidEnvironment extends Error {
  constructor(readonly problems: readonly string[]) {
    super(`The environment is not right:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'InvalidEnvironment';
  }
}

/**
 * Reads a process's settings from its environment, once. An empty variable counts as one that is not set, as in a shell script or a compose file.
 * @throws InvalidEnvironment naming every variable that is wrong.
 */
export function parseEnvironment<Schema extends z.ZodType>(schema: Schema, environment: Readonly<Record<string, string | undefined>>): z.output<Schema> {
  const set = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(set);
  if (parsed.success) return parsed.data;
  throw new InvalidEnvironment(parsed.error.issues.map((issue) => [issue.path.join('.'), issue.message].filter(Boolean).join(': ')));
}
