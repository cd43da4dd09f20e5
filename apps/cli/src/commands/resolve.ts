import { API } from '@sluice/contracts';
import { NotFound } from '@sluice/kernel';
import type { Command } from 'commander';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { writeJson } from '../terminal.js';

export function resolveCommand(program: Command, context: Context): void {
  program
    .command('resolve')
    .description('the conflicts of a draft request are resolved: what its branch does not change stays as the target has it')
    .argument('<application>', 'as `sluice status` lists it')
    .argument('<environment>', 'the environment it goes into')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .action(async (application: string, environment: string, options: { repository?: string }, command: Command) => {
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const repository = await chooseRepository(client, options.repository);
      const { items } = await client.call(API.changes, { params: { repository }, query: { state: 'open', sourceBranch: `sluice/promote/${environment}/${application}`, limit: 1 } });
      const [change] = items;
      if (!change?.draft) throw new NotFound(`there is no draft with conflicts of ${application} into ${environment}: \`sluice why ${application} ${environment}\` says what there is`);
      const ready = await client.call(API.updateChange, { params: { repository, number: String(change.number) }, body: { draft: false } });
      if (globals.output === 'json') return writeJson(context.terminal, ready);
      context.terminal.out(`Resolved: request ${ready.number}. \`sluice why ${application} ${environment}\` shows what it waits for.`);
    });
}
