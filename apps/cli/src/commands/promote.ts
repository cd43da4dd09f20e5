import { API } from '@sluice/contracts';
import type { Command } from 'commander';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { writeJson } from '../terminal.js';

export function promoteCommand(program: Command, context: Context): void {
  program
    .command('promote')
    .description('ask for a promotion now; lifts what was closed or held')
    .argument('<application>', 'as `sluice status` lists it')
    .argument('<environment>', 'the environment to promote into')
    .option('--reason <text>', 'why', '')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .action(async (application: string, environment: string, options: { reason: string; repository?: string }, command: Command) => {
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const repository = await chooseRepository(client, options.repository);
      const outcome = await client.call(API.promote, { body: { repository, application, environment, reason: options.reason } });
      if (globals.output === 'json') return writeJson(context.terminal, outcome);
      const { promotion } = outcome;
      context.terminal.out(promotion ? `${promotion.title}: ${promotion.state}${promotion.waitsFor === undefined ? '' : `, waits for ${promotion.waitsFor}`}\n${promotion.id}` : `Nothing to promote: ${outcome.message}`);
    });
}
