import type { Command } from 'commander';
import type { Context } from '../context.js';
import { DEFAULT_PORT, parseUpOptions } from '../up/options.js';
import type { RawUpOptions } from '../up/options.js';
import { runUp } from '../up/run-up.js';

export function upCommand(program: Command, context: Context): void {
  program
    .command('up')
    .description('run the whole system on this machine: server, dashboard and an agent for each environment')
    .option('--port <number>', 'where the dashboard, the interface and git are', String(DEFAULT_PORT))
    .option('--host <address>', 'the address to listen on; other than 127.0.0.1 lets other machines in', '127.0.0.1')
    .option('--data <folder>', 'where everything is kept', '.sluice')
    .option('--repository <path|url>', 'take over the branches of this repository instead of the example (at the first start)')
    .option('--redis <url>', 'run on this Redis (with --database)')
    .option('--database <url>', 'run on this PostgreSQL (with --redis)')
    .option('--no-example', 'start with an empty repository')
    .option('--reset', 'delete what is in the data folder first, after asking')
    .option('--yes', 'do not ask')
    .action((options: RawUpOptions) => runUp(context, parseUpOptions(options, context.folder)));
}
