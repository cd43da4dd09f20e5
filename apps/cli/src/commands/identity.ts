import { API } from '@sluice/contracts';
import { Conflict } from '@sluice/kernel';
import type { Command } from 'commander';
import { clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { age, paint, writeJson, writeTable } from '../terminal.js';

export function slackCommand(program: Command, context: Context): void {
  const slack = program.command('slack').description('link my account of Slack; make the token that the bot runs with');
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
    .option('--name <name>', 'of the service account', 'slack-bot')
    .option('--days <number>', 'how long the token lives, at most 365', '365')
    .action(async ({ name, days }: { readonly name: string; readonly days: string }, command: Command) => {
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const { items } = await client.call(API.people);
      const known = items.find((one) => one.name === name);
      if (known && !known.service) throw new Conflict(`${name} is a person: give the bot another name with --name`);
      if (!known) await client.call(API.savePerson, { body: { name, displayName: 'Slack bot', service: true } });
      const made = await client.call(API.createTokenFor, { params: { person: name }, body: { label: 'slack', scopes: BOT_SCOPES, ttlSeconds: Number(days) * 86_400 } });
      if (globals.output === 'json') return writeJson(context.terminal, made);
      context.terminal.out(made.token);
    });
}

/** What the bot does for those who have linked their account, and `slack`, which lets it. */
const BOT_SCOPES = ['slack', 'read', 'promote', 'approve'];

/** Below `sluice people`. */
export function identityCommands(people: Command, context: Context): void {
  people
    .command('identities')
    .description('who is who to the provider of identities')
    .action(async (_options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const { items } = await (await clientFor(context, globals)).call(API.identities);
      if (globals.output === 'json') return writeJson(context.terminal, items);
      writeTable(context.terminal, ['issuer', 'subject', 'person'], items.map(({ issuer, subject, person }) => [issuer, subject, person]));
    });
  people
    .command('bind')
    .description('say who a person is to the provider of identities: whoever signs in there as this subject is them')
    .argument('<person>', 'the name, as `sluice people` lists it')
    .argument('<issuer>', 'as the server’s settings have it')
    .argument('<subject>', 'the `sub` of the provider')
    .action(async (...given: readonly [string, string, string, unknown, Command]) => {
      const [person, issuer, subject, , command] = given;
      const globals = globalOptions(command);
      const bound = await (await clientFor(context, globals)).call(API.addIdentity, { body: { issuer, subject, person } });
      if (globals.output === 'json') return writeJson(context.terminal, bound);
      context.terminal.out(`Bound: ${bound.subject} of ${bound.issuer} is ${bound.person}.`);
    });
  people
    .command('unbind')
    .description('say that a subject of the provider is nobody; what the provider said of their groups ends')
    .argument('<issuer>', 'as `sluice people identities` lists it')
    .argument('<subject>', 'as `sluice people identities` lists it')
    .action(async (issuer: string, subject: string, _options: unknown, command: Command) => {
      const globals = globalOptions(command);
      await (await clientFor(context, globals)).call(API.removeIdentity, { body: { issuer, subject } });
      if (globals.output === 'json') return writeJson(context.terminal, { unbound: subject });
      context.terminal.out(`Unbound: ${subject}.`);
    });
}

export function sessionsCommand(program: Command, context: Context): void {
  const sessions = program.command('sessions').description('where I am signed in by a browser');
  sessions
    .command('list', { isDefault: true })
    .description('list them (the default)')
    .action(async (_options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const { items } = await (await clientFor(context, globals)).call(API.sessions);
      if (globals.output === 'json') return writeJson(context.terminal, items);
      writeTable(context.terminal, ['id', 'what', 'begun', 'last used'], items.map(({ id, label, createdAt, usedAt }) => [id, label, `${age(context.terminal, createdAt)} ago`, usedAt === undefined ? '' : `${age(context.terminal, usedAt)} ago`]));
    });
  sessions
    .command('end')
    .description('end one at once')
    .argument('<id>', 'as `sluice sessions` shows it')
    .action(async (id: string, _options: unknown, command: Command) => {
      const globals = globalOptions(command);
      await (await clientFor(context, globals)).call(API.endSession, { params: { session: id } });
      if (globals.output === 'json') return writeJson(context.terminal, { ended: id });
      context.terminal.out(`Ended: ${id}.`);
    });
}
