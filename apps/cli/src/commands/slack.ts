import { API } from '@sluice/contracts';
import type { Command } from 'commander';
import { clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { writeJson } from '../terminal.js';

/** What the Slack bot needs of somebody who is signed in. */
export function slackCommand(program: Command, context: Context): void {
  const slack = program.command('slack').description('link your account of Slack; make the token that the bot runs with');
  slack
    .command('link')
    .description('make a code: type it in Slack, once and within 10 minutes, and your account there is linked to you')
    .action(async (_options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const made = await (await clientFor(context, globals)).call(API.createSlackCode);
      if (globals.output === 'json') return writeJson(context.terminal, made);
      context.terminal.out(`Type this in Slack, in any channel, within 10 minutes: /sluice link ${made.code}`);
    });
  slack
    .command('bot')
    .description('make the token that apps/slack-bot runs with, as SLUICE_TOKEN (admins)')
    .option('--label <text>', 'to know it by', 'slack')
    .action(async ({ label }: { readonly label: string }, command: Command) => {
      const globals = globalOptions(command);
      const made = await (await clientFor(context, globals)).call(API.createBot, { body: { label } });
      if (globals.output === 'json') return writeJson(context.terminal, made);
      context.terminal.out(made.token);
    });
}
