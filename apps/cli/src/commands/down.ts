import { resolve } from 'node:path';
import type { Command } from 'commander';
import { globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { writeJson } from '../terminal.js';
import { DEFAULT_DATA } from '../up/options.js';
import { runDown } from '../up/run-down.js';

export function downCommand(program: Command, context: Context): void {
  program
    .command('down')
    .description('end what `sluice up` started: every process; what is stored stays')
    .action(async (_options: unknown, command: Command) => {
      const stopped = await runDown(resolve(context.folder, globalOptions(command).data ?? DEFAULT_DATA));
      if (globalOptions(command).output === 'json') return writeJson(context.terminal, { stopped });
      context.terminal.out(stopped ? 'Sluice has ended.' : 'Nothing is running there.');
    });
}
