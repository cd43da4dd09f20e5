import { API } from '@sluice/contracts';
import { NotFound } from '@sluice/kernel';
import type { Command } from 'commander';
import type { ApiClient } from '../api-client.js';
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
      const number = await draftOf(client, { repository, application, environment });
      if (number === undefined) throw new NotFound(`there is no draft with conflicts of ${application} into ${environment}: \`sluice why ${application} ${environment}\` says what there is`);
      const ready = await client.call(API.updateChange, { params: { repository, number: String(number) }, body: { draft: false } });
      if (globals.output === 'json') return writeJson(context.terminal, ready);
      context.terminal.out(`Resolved: request ${ready.number}. \`sluice why ${application} ${environment}\` shows what it waits for.`);
    });
}

/** The open draft of the application, or of those that are promoted together with it. */
async function draftOf(client: ApiClient, { repository, application, environment }: { readonly repository: string; readonly application: string; readonly environment: string }): Promise<number | undefined> {
  const { items } = await client.call(API.changes, { params: { repository }, query: { state: 'open', sourceBranch: `sluice/promote/${environment}/${application}`, limit: 1 } });
  const [own] = items;
  if (own?.draft) return own.number;
  const why = await client.call(API.why, { query: { repository, application, environment } });
  return why.items.find(({ condition, promotion }) => condition === 'conflicted' && promotion === undefined)?.change?.number;
}
