import { API } from '@sluice/contracts';
import type { Command } from 'commander';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { writeJson } from '../terminal.js';

interface Options {
  readonly reason: string;
  readonly to?: string;
  readonly repository?: string;
}

export function rollbackCommand(program: Command, context: Context): void {
  program
    .command('rollback')
    .description('undo promotions: an application in an environment becomes what it was before the newest one, or before all after --to')
    .argument('<environment>', 'where')
    .argument('<application>', 'as `sluice status` lists it')
    .requiredOption('--reason <text>', 'why; it is in the request and the log')
    .option('--to <promotion>', 'the promotion whose state comes back: every one after it is undone')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .action(async (environment: string, application: string, { reason, to, repository: wanted }: Options, command: Command) => {
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const repository = await chooseRepository(client, wanted);
      const outcome = await client.call(API.rollback, { body: { repository, application, environment, reason, ...(to !== undefined && { to }) } });
      if (globals.output === 'json') return writeJson(context.terminal, outcome);
      const { promotion, undoes } = outcome;
      context.terminal.out(`Undoes ${undoes.join(', ')}; the same content is held until somebody promotes it again.`);
      context.terminal.out(promotion ? `${promotion.title}: ${promotion.state}${promotion.waitsFor === undefined ? '' : `, waits for ${promotion.waitsFor}`}\n${promotion.id}` : outcome.message);
    });
}
