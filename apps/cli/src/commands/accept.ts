import { API } from '@sluice/contracts';
import { NotFound } from '@sluice/kernel';
import type { Command } from 'commander';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { short, writeJson, writeTable } from '../terminal.js';

export function acceptCommand(program: Command, context: Context): void {
  program
    .command('accept')
    .description('accept commits that came past the promotions, where the environment holds them (directPush: hold)')
    .argument('<environment>', 'the environment whose agents are to get them')
    .option('--commit <commit>', 'only up to this commit (default: the newest that waits now)')
    .option('--reason <text>', 'why', '')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .action(async (environment: string, options: { commit?: string; reason: string; repository?: string }, command: Command) => {
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const repository = await chooseRepository(client, options.repository);
      const matrix = await client.call(API.matrix, { params: { repository } });
      const found = matrix.environments.find(({ name }) => name === environment);
      if (!found) throw new NotFound(`there is no environment ${environment}; there are ${matrix.environments.map(({ name }) => name).join(', ') || 'none'}`);
      const commit = options.commit ?? found.unreviewed.at(-1)?.commit;
      if (commit === undefined) throw new NotFound(`no commit of ${environment} waits for a review`);
      const { items } = await client.call(API.acceptDirect, { params: { repository, environment }, body: { commit, reason: options.reason } });
      if (globals.output === 'json') return writeJson(context.terminal, { items });
      writeTable(context.terminal, ['accepted', 'author', 'subject'], items.map((item) => [short(item.commit), item.author, item.subject]));
    });
}
