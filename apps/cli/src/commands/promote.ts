import { API } from '@sluice/contracts';
import type { PromoteOutcome } from '@sluice/contracts';
import { InvalidInput, parseDuration } from '@sluice/kernel';
import type { Command } from 'commander';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { writeJson } from '../terminal.js';
import type { Terminal } from '../terminal.js';
import { followPromotion } from './follow-promotion.js';

interface Options {
  readonly reason: string;
  readonly repository?: string;
  readonly wait?: true;
  readonly timeout?: string;
}

const TIMEOUT = '30m';

export function promoteCommand(program: Command, context: Context): void {
  program
    .command('promote')
    .description('ask for a promotion now; lifts what was closed or held')
    .argument('<application>', 'as `sluice status` lists it')
    .argument('<environment>', 'the environment to promote into')
    .option('--reason <text>', 'why', '')
    .option('-w, --wait', 'until it is live (exit code 0), has ended otherwise (8), cannot go on without a person (5), or --timeout is over (7)')
    .option('--timeout <duration>', `with --wait: how long, such as 90s, 10m or 2h; default: ${TIMEOUT}`)
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .action(async (application: string, environment: string, options: Options, command: Command) => {
      const timeout = timeoutOf(options);
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const repository = await chooseRepository(client, options.repository);
      const end = context.terminal.now() + (timeout ?? 0);
      const outcome = await client.call(API.promote, { body: { repository, application, environment, reason: options.reason } });
      const isJson = globals.output === 'json';
      if (timeout === undefined) return isJson ? writeJson(context.terminal, outcome) : writeOutcome(context.terminal, outcome);
      const live = await followPromotion({ client, terminal: context.terminal, end }, { repository, application, environment, asked: outcome });
      if (isJson) return writeJson(context.terminal, live ?? outcome);
      context.terminal.out(live ? `${live.title}: live\n${live.id}` : `Nothing to promote: ${outcome.message}`);
    });
}

function timeoutOf({ wait, timeout }: Options): number | undefined {
  if (wait === undefined) {
    if (timeout !== undefined) throw new InvalidInput('--timeout says how long to --wait: give both');
    return undefined;
  }
  const milliseconds = parseDuration(timeout ?? TIMEOUT);
  if (milliseconds === undefined || milliseconds === 0) throw new InvalidInput(`--timeout ${timeout}: not a duration such as 90s, 10m or 2h`);
  return milliseconds;
}

function writeOutcome(terminal: Terminal, { promotion, message }: PromoteOutcome): void {
  terminal.out(promotion ? `${promotion.title}: ${promotion.state}${promotion.waitsFor === undefined ? '' : `, waits for ${promotion.waitsFor}`}\n${promotion.id}` : `Nothing to promote: ${message}`);
}
