import { API } from '@sluice/contracts';
import type { BackflowList } from '@sluice/contracts';
import { printableLine } from '@sluice/kernel';
import type { Command } from 'commander';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { age, short, writeJson, writeTable } from '../terminal.js';
import type { Terminal } from '../terminal.js';

export function backflowCommand(program: Command, context: Context): void {
  program
    .command('backflow')
    .description('what environments have that was not promoted to them (hotfixes), whose it is, and the requests that return it to the first environment')
    .argument('[application]', 'only this application')
    .argument('[environment]', 'only what this environment has')
    .option('-r, --repository <name>', 'the repository, when the server has several')
    .action(async (application: string | undefined, environment: string | undefined, options: { repository?: string }, command: Command) => {
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const repository = await chooseRepository(client, options.repository);
      const list = await client.call(API.backflow, { params: { repository }, query: { application, environment } });
      if (globals.output === 'json') return writeJson(context.terminal, list);
      writeList(context.terminal, list);
    });
}

const MAX_PLACES = 5;

function writeList(terminal: Terminal, { items }: BackflowList): void {
  if (items.length === 0) return terminal.out('No environment has anything that was not promoted to it.');
  const rows = items.flatMap(({ application, environment, changes }) =>
    changes.map(({ commit, author, subject, at, places }) => [application, environment, short(commit), printableLine(author, 40), age(terminal, at), printableLine(subject, 50), placesText(places)]),
  );
  writeTable(terminal, ['application', 'environment', 'commit', 'author', 'age', 'subject', 'where'], rows);
  for (const { application, environment, message, request } of items) terminal.out(`${application} in ${environment}: ${printableLine(message, 300)}${request?.state === 'open' ? ` (${request.url})` : ''}`);
}

function placesText(places: readonly string[]): string {
  const shown = places.slice(0, MAX_PLACES).map((place) => printableLine(place, 120));
  return [...shown, ...(places.length > MAX_PLACES ? [`and ${places.length - MAX_PLACES} more`] : [])].join('\n');
}
