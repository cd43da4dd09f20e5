import { Option } from 'commander';
import type { Command } from 'commander';
import { globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { present } from '@sluice/kernel';
import { DEFAULT_PORT, MERGE_METHODS, parseUpOptions } from '../up/options.js';
import type { RawUpOptions } from '../up/options.js';
import { runUp } from '../up/run-up.js';

export function upCommand(program: Command, context: Context): void {
  program
    .command('up')
    .description('run the whole system on this machine: server, dashboard and an agent for each environment')
    .option('--port <number>', 'where the dashboard, the interface and git are', String(DEFAULT_PORT))
    .option('--host <address>', 'the address to listen on; other than 127.0.0.1 lets other machines in', '127.0.0.1')
    .addOption(new Option('--repository <path|url>', 'take over the branches of this repository instead of the example (at the first start)').env('SLUICE_REPOSITORY'))
    .addOption(new Option('--merge-method <method>', 'how promotion requests are merged in a repository that is made now').choices(MERGE_METHODS).default('squash'))
    .addOption(new Option('--redis <url>', 'run on this Redis (with --database)').env('SLUICE_REDIS_URL'))
    .addOption(new Option('--database <url>', 'run on this PostgreSQL (with --redis); in the variable, a password stays out of the list of processes').env('SLUICE_DATABASE_URL'))
    .option('--no-example', 'start with an empty repository')
    .option('--person <name>', 'with --no-example or --repository: who you are, the administrator that the first start makes (default: the user of this machine)')
    .option('--slack [file]', 'run the Slack bot as well (docs/slack.md); its tokens and channels are in the environment, or in this file of NAME=value lines')
    .option('--reset', 'delete what is in the data folder first, after asking')
    .option('--yes', 'do not ask')
    .action((options: RawUpOptions, command: Command) => {
      const { data } = globalOptions(command);
      return runUp(context, parseUpOptions({ ...options, ...present({ data }) }, context.folder));
    });
}
