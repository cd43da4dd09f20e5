import { API, type BotStateDto } from '@sluice/contracts';
import { Conflict, InvalidInput, printableLine } from '@sluice/kernel';
import type { Command } from 'commander';
import type { ApiClient } from '../api-client.js';
import { clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { age, paint, writeJson } from '../terminal.js';

export function slackCommand(program: Command, context: Context): void {
  const slack = program.command('slack').description('link my account of Slack; the bot: its token, and how it is');
  slack
    .command('link')
    .description('make a code to type into Slack: /sluice link <code>')
    .action(async (_options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const made = await (await clientFor(context, globals)).call(API.createSlackCode);
      if (globals.output === 'json') return writeJson(context.terminal, made);
      context.terminal.out(`${made.code}\n${paint(context.terminal, 'dim', 'type it into Slack yourself, within 10 minutes: /sluice link <code>')}`);
    });
  slack
    .command('bot')
    .description('make the token that apps/slack-bot runs with, as SLUICE_TOKEN, and the service account that holds it (admins)')
    .option('--name <name>', 'of the service account', BOT_ACCOUNT)
    .option('--days <number>', 'how long the token lives, at most 365', '365')
    .action(async ({ name, days }: { readonly name: string; readonly days: string }, command: Command) => {
      const globals = globalOptions(command);
      const made = await createBotToken(await clientFor(context, globals), name, daysOf(days));
      if (globals.output === 'json') return writeJson(context.terminal, made);
      context.terminal.out(made.token);
    });
  slack
    .command('status')
    .description('how each bot is: when it was last there, and what keeps it from telling people (admins)')
    .action(async (_options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const { items } = await (await clientFor(context, globals)).call(API.slackBots);
      if (globals.output === 'json') return writeJson(context.terminal, items);
      if (items.length === 0) return context.terminal.out('No bot was here: docs/slack.md says how one is run.');
      for (const item of items) for (const line of linesOf(context, item)) context.terminal.out(line);
    });
}

function linesOf({ terminal }: Context, { team, hearing, channels, since, seenAt, troubles }: BotStateDto): readonly string[] {
  const said = troubles.map((trouble) => paint(terminal, 'red', printableLine(`  ${trouble.where}: ${trouble.reason}, for ${age(terminal, trouble.since)}: ${trouble.message}`, 500)));
  return [printableLine(`workspace ${team}: last there ${age(terminal, seenAt)} ago, runs for ${age(terminal, since)} by ${hearing}, tells ${channels.join(', ')}`, 500), ...said];
}

function daysOf(text: string): number {
  const days = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (days < 1 || days > 365) throw new InvalidInput(`--days ${text}: give a number from 1 to 365`);
  return days;
}

export const BOT_ACCOUNT = 'slack-bot';
/** What the bot does for those who have linked their account, and `slack`, which lets it. */
const BOT_SCOPES = ['slack', 'read', 'promote', 'approve'];

/** Makes the service account of a bot when it is missing, and a token of it. @throws Conflict when the name is a person's. */
export async function createBotToken(client: ApiClient, name: string, days: number): Promise<{ readonly token: string }> {
  const { items } = await client.call(API.people);
  const known = items.find((one) => one.name === name);
  if (known && !known.service) throw new Conflict(`${name} is a person: give the bot another name with --name`);
  if (!known) await client.call(API.savePerson, { body: { name, displayName: 'Slack bot', service: true } });
  return client.call(API.createTokenFor, { params: { person: name }, body: { label: 'slack', scopes: BOT_SCOPES, ttlSeconds: days * 86_400 } });
}
