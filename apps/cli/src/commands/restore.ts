import { API } from '@sluice/contracts';
import type { Command } from 'commander';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { short, writeJson } from '../terminal.js';

export function restoreCommand(program: Command, context: Context): void {
  program
    .command('restore')
    .description('put an environment’s branch back that was deleted, at the commit that was last seen there')
    .argument('<environment>', 'the environment whose branch is gone')
    .option('--reason <text>', 'why', '')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .action(async (environment: string, { reason, repository: named }: { readonly reason: string; readonly repository?: string }, command: Command) => {
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const repository = await chooseRepository(client, named);
      const restored = await client.call(API.restoreEnvironment, { params: { repository, environment }, body: { reason } });
      if (globals.output === 'json') return writeJson(context.terminal, restored);
      context.terminal.out(`${restored.branch} is back at ${short(restored.commit)}. If the forge deletes branches after a merge, protect the environments’ branches there.`);
    });
}
