import { Command, Option } from 'commander';
import { clustersCommand } from './commands/clusters.js';
import { approveCommand, rejectCommand } from './commands/decide.js';
import { downCommand } from './commands/down.js';
import { loginCommand } from './commands/login.js';
import { planCommand } from './commands/plan.js';
import { promoteCommand } from './commands/promote.js';
import { statusCommand } from './commands/status.js';
import { upCommand } from './commands/up.js';
import { validateCommand } from './commands/validate.js';
import { whyCommand } from './commands/why.js';
import type { Context } from './context.js';
import { EXIT_CODE_HELP, EXIT_CODES } from './exit-code.js';

/** The whole command line. Wrong usage exits with 2; what a command throws is for the caller. */
export function createProgram(context: Context, version: string): Command {
  const program = new Command('sluice')
    .description('Moves reviewed changes through environment branches.')
    .version(version)
    .addOption(new Option('--url <url>', 'the server (default: SLUICE_URL, the login file, or .sluice/connection.json)'))
    .addOption(new Option('-o, --output <format>', 'table for people, json for machines').choices(['table', 'json']).default('table'))
    .addHelpText('after', EXIT_CODE_HELP)
    .showHelpAfterError('(see sluice --help)')
    .configureOutput({ writeOut: (text) => context.terminal.out(text.trimEnd()), writeErr: (text) => context.terminal.err(text.trimEnd()) })
    .exitOverride();
  for (const add of [upCommand, downCommand, validateCommand, planCommand, statusCommand, whyCommand, promoteCommand, approveCommand, rejectCommand, clustersCommand, loginCommand]) add(program, context);
  return program;
}

/** Commander's own codes: 0 for help and version, 2 for wrong usage. */
export function usageExitCode(commanderCode: number): number {
  return commanderCode === 0 ? EXIT_CODES.done : EXIT_CODES.invalid;
}
