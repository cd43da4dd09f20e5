import { API } from '@sluice/contracts';
import type { Command } from 'commander';
import type { z } from 'zod';
import { LONG_DEADLINE } from '../api-client.js';
import { clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { paint, writeJson } from '../terminal.js';
import type { Terminal } from '../terminal.js';

type Report = z.output<typeof API.rebuild.reply>['items'][number];

export function rebuildCommand(program: Command, context: Context): void {
  program
    .command('rebuild')
    .description('make the index again from git and the forge, after the database was lost (admins); what is known stays')
    .argument('[repository]', 'only this one (default: every repository that the built-in forge has)')
    .action(async (repository: string | undefined, _options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      if (globals.output !== 'json') context.terminal.err('reading requests and branches; a large repository takes some minutes …');
      const { items } = await client.call(API.rebuild, { deadline: LONG_DEADLINE, body: { ...(repository !== undefined && { repository }) } });
      if (globals.output === 'json') return writeJson(context.terminal, items);
      if (items.length === 0) context.terminal.out('The built-in forge has no repository.');
      for (const report of items) write(context.terminal, report);
    });
}

function write(terminal: Terminal, { repository, restored, known, approvals, holds, notes }: Report): void {
  const { open, merged, closed } = restored;
  terminal.out(`${repository}: restored ${open} open, ${merged} merged and ${closed} closed promotions, ${approvals} decisions, ${holds} holds; ${known} were known`);
  for (const note of notes) terminal.out(paint(terminal, 'dim', `  ${note}`));
}
