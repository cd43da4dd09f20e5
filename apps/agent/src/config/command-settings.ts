import { z } from 'zod';
import { duration, program } from './fields.js';

/** Of a target that commands of this machine make true. */
export interface CommandSettings {
  readonly kind: 'command';
  /** Programs with their arguments. */
  readonly commands: { readonly plan: readonly string[]; readonly apply: readonly string[]; readonly detect?: readonly string[] };
  /** Milliseconds, as all of them. */
  readonly detectInterval: number;
  readonly timeout: number;
  /** Names of variables that are passed to them. */
  readonly environment: readonly string[];
}

const variables = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim()).filter(Boolean))
  .refine((names) => names.every((name) => /^[A-Za-z_]\w*$/.test(name) && !name.startsWith('SLUICE_')), 'names of variables with commas between them, none of Sluice\'s own');

/** The only programs that such a target runs. They are read here and nowhere else: who can edit the repository does not choose what runs on this machine. */
export const COMMAND_SETTINGS = {
  SLUICE_COMMAND_PLAN: program.optional(),
  SLUICE_COMMAND_APPLY: program.optional(),
  SLUICE_COMMAND_DETECT: program.optional(),
  SLUICE_COMMAND_DETECT_INTERVAL: duration(1_000, 86_400_000).default(1_800_000),
  SLUICE_COMMAND_TIMEOUT: duration(100, 86_400_000).default(1_800_000),
  SLUICE_COMMAND_ENVIRONMENT: variables.default([]),
};

type CommandEnvironment = z.output<z.ZodObject<typeof COMMAND_SETTINGS>>;

export function missingOfCommands(env: CommandEnvironment): { readonly path: string; readonly message: string } | undefined {
  if (env.SLUICE_COMMAND_PLAN === undefined) return { path: 'SLUICE_COMMAND_PLAN', message: 'set it to the program that says whether there is something to do' };
  return env.SLUICE_COMMAND_APPLY === undefined ? { path: 'SLUICE_COMMAND_APPLY', message: 'set it to the program that does what is planned' } : undefined;
}

/** @param env in which nothing is missing */
export function commandsOf(env: CommandEnvironment): CommandSettings {
  const { SLUICE_COMMAND_PLAN: plan = [], SLUICE_COMMAND_APPLY: apply = [], SLUICE_COMMAND_DETECT: detect } = env;
  return { kind: 'command', commands: { plan, apply, ...(detect && { detect }) }, detectInterval: env.SLUICE_COMMAND_DETECT_INTERVAL, timeout: env.SLUICE_COMMAND_TIMEOUT, environment: env.SLUICE_COMMAND_ENVIRONMENT };
}
