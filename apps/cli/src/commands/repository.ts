import { API } from '@sluice/contracts';
import type { ForgeCheckDto } from '@sluice/contracts';
import { InvalidInput, present } from '@sluice/kernel';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { z } from 'zod';
import { LONG_DEADLINE } from '../api-client.js';
import { chooseRepository, clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { paint, writeJson, writeTable } from '../terminal.js';
import type { Terminal } from '../terminal.js';

type Repository = z.output<typeof API.repositories.reply>['items'][number];

interface AddOptions {
  readonly credential?: string;
  readonly path?: string;
  readonly configBranch?: string;
  readonly mergeMethod?: 'squash' | 'rebase' | 'merge';
  readonly webhook: boolean;
}

export function repositoryCommand(program: Command, context: Context): void {
  const repository = program.command('repository').description('repositories that Sluice promotes in, on the built-in forge or on others');
  repository
    .command('list', { isDefault: true })
    .description('list them (the default)')
    .action(async (_options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const { items } = await (await clientFor(context, globals)).call(API.repositories);
      if (globals.output === 'json') return writeJson(context.terminal, items);
      if (items.length === 0) return context.terminal.out('There is no repository: `sluice repository add` makes or connects one.');
      writeRepositories(context.terminal, items);
    });
  repository
    .command('add')
    .description('make an empty one in the built-in forge, or with --credential connect one of another forge; again: change how it is connected (admins)')
    .argument('<name>', 'its name here: small letters, digits and dashes')
    .option('--credential <name>', 'the credential that its forge is reached with')
    .option('--path <owner/name>', 'the repository as its forge spells it, such as acme/shop')
    .option('--config-branch <branch>', 'the branch with sluice.yaml; default: main, or the forge’s default branch')
    .addOption(new Option('--merge-method <method>', 'how requests are merged in the built-in forge; default: squash').choices(['squash', 'rebase', 'merge']))
    .option('--no-webhook', 'do not make a webhook on the forge: changes are found by looking every five minutes')
    .action((name: string, options: AddOptions, command: Command) => add(context, command, name, options));
  repository
    .command('check')
    .description('what the credential of a connected one may do with it now (admins)')
    .argument('[name]', 'the repository, when the server has several')
    .action(async (name: string | undefined, _options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const check = await client.call(API.checkConnection, { params: { repository: await chooseRepository(client, name) } });
      if (globals.output === 'json') return writeJson(context.terminal, check);
      writeCheck(context.terminal, check);
    });
  repository
    .command('remove')
    .description('disconnect one of another forge: nothing is changed there but the webhook, and the record stays (admins)')
    .argument('<name>', 'the repository')
    .option('--abandon', 'also while promotions are open: they end here, and their requests stay open on the forge', false)
    .action((name: string, options: { readonly abandon: boolean }, command: Command) => remove(context, command, name, options));
}

async function remove(context: Context, command: Command, name: string, { abandon }: { readonly abandon: boolean }): Promise<void> {
  const globals = globalOptions(command);
  const { terminal } = context;
  const { notes } = await (await clientFor(context, globals)).call(API.disconnectRepository, { params: { repository: name }, query: { abandon: abandon ? 'true' : 'false' } });
  if (globals.output === 'json') return writeJson(terminal, { removed: name, notes });
  terminal.out(`Disconnected: ${name}. Its branches are as they were; agents keep what they run; the record stays.`);
  for (const note of notes) terminal.out(paint(terminal, 'yellow', `  ${note}`));
}

async function add(context: Context, command: Command, name: string, options: AddOptions): Promise<void> {
  const { credential, path, mergeMethod } = options;
  if (credential === undefined && path === undefined) return make(context, command, name, options);
  if (credential === undefined || path === undefined) throw new InvalidInput('a repository of another forge needs both --credential and --path');
  if (mergeMethod !== undefined) throw new InvalidInput('--merge-method is for the built-in forge: on others, the repository’s own settings say how requests are merged');
  return connect(context, command, name, { ...options, credential, path });
}

async function make({ terminal, ...context }: Context, command: Command, name: string, { configBranch, mergeMethod }: AddOptions): Promise<void> {
  const globals = globalOptions(command);
  const made = await (await clientFor({ terminal, ...context }, globals)).call(API.createRepository, { body: { id: name, ...present({ configBranch, mergeMethod }) } });
  if (globals.output === 'json') return writeJson(terminal, made);
  terminal.out(`Made: ${made.id}. Push to ${made.gitUrl}, with any user name and an API token as the password.`);
}

async function connect(context: Context, command: Command, name: string, { credential, path, configBranch, webhook }: AddOptions & { readonly credential: string; readonly path: string }): Promise<void> {
  const globals = globalOptions(command);
  const { terminal } = context;
  const client = await clientFor(context, globals);
  if (globals.output !== 'json') terminal.err('asking the forge, and reading what was promoted before …');
  const connected = await client.call(API.connectRepository, { deadline: LONG_DEADLINE, params: { repository: name }, body: { credential, path, hook: webhook, ...present({ configBranch }) } });
  if (globals.output === 'json') return writeJson(terminal, connected);
  terminal.out(`Connected: ${connected.repository.id} with ${connected.repository.remote?.url ?? path}; sluice.yaml is read from ${connected.repository.configBranch}.`);
  writeCheck(terminal, { ...connected.check, notes: connected.notes });
}

function writeCheck(terminal: Terminal, { login, mergeMethods, missing, notes }: ForgeCheckDto): void {
  terminal.out(`Sluice is ${login} there; requests can be merged by ${mergeMethods.join(', ') || 'no method'}.`);
  for (const permission of missing) terminal.out(paint(terminal, 'red', `  missing: ${permission}`));
  for (const note of notes) terminal.out(paint(terminal, 'yellow', `  ${note}`));
  if (missing.length === 0) terminal.out('It may do everything that is needed.');
}

function writeRepositories(terminal: Terminal, items: readonly Repository[]): void {
  writeTable(
    terminal,
    ['name', 'pipeline', 'forge', 'where', 'webhook'],
    items.map(({ id, pipeline = '', forge, gitUrl, remote }) => [id, pipeline, forge, remote?.url ?? gitUrl, remote ? (remote.webhook ? 'yes' : 'no') : '']),
  );
}
