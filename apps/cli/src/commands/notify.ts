import { API } from '@sluice/contracts';
import type { EndpointDto, NotificationDto, NotificationList } from '@sluice/contracts';
import { InvalidInput, present, Unavailable } from '@sluice/kernel';
import { Option, type Command } from 'commander';
import type { z } from 'zod';
import { clientFor, globalOptions, type Context } from '../context.js';
import { age, paint, writeJson, writeTable, type Terminal } from '../terminal.js';
import { readSecret } from './read-secret.js';

type Query = z.input<typeof API.notifications.query>;

interface ListOptions {
  readonly state?: Query['state'];
  readonly target?: string;
  readonly limit?: string;
  readonly before?: string;
}

const STATES = ['open', 'held', 'waiting', 'gathered', 'sent', 'failed', 'unheard'];

export function notifyCommand(program: Command, context: Context): void {
  const notify = program.command('notify').description('who is told of what: rules are in sluice.yaml, ways to tell are the server’s (admins)');
  notify
    .command('list', { isDefault: true })
    .description('what was told, newest first, and who cannot be told (the default)')
    .addOption(new Option('--state <state>', 'only these; open: held and waiting').choices(STATES))
    .option('--target <target>', 'only to this one, such as mail:ops@example.org')
    .option('--limit <number>', 'how many, at most 200 (default: 50)')
    .option('--before <id>', 'only those before this one: the next page')
    .action((options: ListOptions, command: Command) => list(context, command, options));
  notify
    .command('test')
    .description('tell somebody that this is a test, at once')
    .argument('<target>', 'slack:#channel, mail:somebody@example.org or webhook:<name>')
    .action((target: string, _options: unknown, command: Command) => test(context, command, target));
  const endpoint = notify.command('endpoint').description('webhooks that rules name as webhook:<name>; addresses and secrets are stored encrypted and never shown again');
  endpoint
    .command('list', { isDefault: true })
    .description('list them (the default)')
    .action(async (_options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const { items } = await (await clientFor(context, globals)).call(API.notifyEndpoints);
      if (globals.output === 'json') return writeJson(context.terminal, items);
      if (items.length === 0) return context.terminal.out('There is no webhook: `sluice notify endpoint add` stores one.');
      writeEndpoints(context.terminal, items);
    });
  endpoint
    .command('add')
    .description('store one, and print the secret that its messages are signed with, once')
    .argument('<name>', 'small letters, digits and dashes')
    .requiredOption('--url-file <file>', 'a file with the address, which may be a secret; - for standard input')
    .option('--secret-file <file>', 'a file with a secret of the receiver’s (whsec_…); default: one is made')
    .action((name: string, options: { readonly urlFile: string; readonly secretFile?: string }, command: Command) => add(context, command, name, options));
  endpoint
    .command('rotate')
    .description('make another secret and print it; for a day messages carry signatures by both')
    .argument('<name>', 'the webhook')
    .action(async (name: string, _options: unknown, command: Command) => said(context, command, await (await clientFor(context, globalOptions(command))).call(API.rotateNotifyEndpoint, { params: { endpoint: name } })));
  endpoint
    .command('remove')
    .description('forget one; rules that name it are shown by `sluice why`')
    .argument('<name>', 'the webhook')
    .action(async (name: string, _options: unknown, command: Command) => {
      const globals = globalOptions(command);
      await (await clientFor(context, globals)).call(API.removeNotifyEndpoint, { params: { endpoint: name } });
      if (globals.output === 'json') return writeJson(context.terminal, { removed: name });
      context.terminal.out(`Removed: ${name}.`);
    });
  endpoint
    .command('test')
    .description('the same as `sluice notify test webhook:<name>`')
    .argument('<name>', 'the webhook')
    .action((name: string, _options: unknown, command: Command) => test(context, command, `webhook:${name}`));
}

async function list(context: Context, command: Command, { state, target, limit, before }: ListOptions): Promise<void> {
  const globals = globalOptions(command);
  const found = await (await clientFor(context, globals)).call(API.notifications, { query: present({ state, target, limit, cursor: before }) });
  if (globals.output === 'json') return writeJson(context.terminal, found);
  writeList(context.terminal, found);
}

async function test(context: Context, command: Command, target: string): Promise<void> {
  const globals = globalOptions(command);
  const reply = await (await clientFor(context, globals)).call(API.testNotification, { body: { target } });
  if (globals.output === 'json') writeJson(context.terminal, reply);
  if (reply.outcome === 'failed') throw new Unavailable(`${target} was not told: ${reply.message ?? ''}`);
  if (globals.output !== 'json') context.terminal.out(reply.outcome === 'sent' ? `Sent to ${target}.` : `Handed over: the Slack bot posts it to ${target.slice('slack:'.length)} within seconds; \`sluice notify list\` shows whether it did.`);
}

async function add(context: Context, command: Command, name: string, { urlFile, secretFile }: { readonly urlFile: string; readonly secretFile?: string }): Promise<void> {
  if (urlFile === '-' && secretFile === '-') throw new InvalidInput('standard input is one file: give the address or the secret in another');
  const url = await readSecret(urlFile);
  const secret = secretFile === undefined ? undefined : await readSecret(secretFile);
  said(context, command, await (await clientFor(context, globalOptions(command))).call(API.addNotifyEndpoint, { body: { name, url, ...present({ secret }) } }));
}

function said(context: Context, command: Command, reply: z.output<typeof API.rotateNotifyEndpoint.reply>): void {
  if (globalOptions(command).output === 'json') return writeJson(context.terminal, reply);
  const { endpoint, secret } = reply;
  context.terminal.out(`Stored: ${endpoint.name} (${endpoint.host}). Its messages are signed with this secret, which is not shown again:`);
  context.terminal.out(secret);
}

function writeEndpoints(terminal: Terminal, items: readonly EndpointDto[]): void {
  writeTable(
    terminal,
    ['name', 'host', 'stored'],
    items.map(({ name, host, changedAt }) => [name, host, `${age(terminal, changedAt)} ago`]),
  );
}

function writeList(terminal: Terminal, { items, next, defaults, problems }: NotificationList): void {
  for (const { repository, target, message } of problems) terminal.out(paint(terminal, 'yellow', `${[repository, target].filter(Boolean).join(' ')}${target === '' ? '' : ': '}${message}`));
  if (defaults.length > 0) terminal.out(`By default the server tells ${defaults.join(', ')}.`);
  if (items.length === 0) return terminal.out('Nobody was told of anything.');
  writeTable(
    terminal,
    ['id', 'age', 'target', 'state', 'what', ''],
    items.map((item) => [String(item.id), age(terminal, item.createdAt), item.target === '' ? '(nobody)' : item.target, item.state, item.title, detailOf(item)]),
  );
  if (next !== undefined) terminal.out(`There are more: --before ${next}`);
}

function detailOf({ state, attempts, lastError, dueAt, notices, more }: NotificationDto): string {
  if (lastError !== undefined) return `${lastError} (${attempts} ${attempts === 1 ? 'try' : 'tries'}${state === 'waiting' ? `, again at ${dueAt.slice(0, 16)}Z` : ''})`;
  if (state === 'held') return `at ${dueAt.slice(0, 16)}Z`;
  const [only] = notices;
  return only && notices.length + more === 1 ? only.message : '';
}
