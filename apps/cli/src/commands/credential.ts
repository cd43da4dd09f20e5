import { API } from '@sluice/contracts';
import type { CredentialDto } from '@sluice/contracts';
import { InvalidInput, present } from '@sluice/kernel';
import type { Command } from 'commander';
import { Option } from 'commander';
import type { z } from 'zod';
import { clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { age, writeJson, writeTable } from '../terminal.js';
import { readSecret } from './read-secret.js';
import type { Terminal } from '../terminal.js';

type Secret = z.input<typeof API.rotateCredential.body>['secret'];

interface SecretOptions {
  readonly tokenFile?: string;
  readonly appId?: string;
  readonly privateKeyFile?: string;
  readonly installation?: string;
}

interface OauthOptions {
  readonly clientId?: string;
  readonly clientSecretFile?: string;
  readonly remove?: boolean;
}

type Forge = CredentialDto['kind'];

interface AddOptions extends SecretOptions {
  readonly forge: Forge;
  readonly forgeUrl?: string;
}

/** Where people see a kind of forge that is not self-managed. */
const PUBLIC: Readonly<Partial<Record<Forge, string>>> = { github: 'https://github.com', gitlab: 'https://gitlab.com', forgejo: 'https://codeberg.org' };

export function credentialCommand(program: Command, context: Context): void {
  const credential = program.command('credential').description('what forges over the network are reached with (admins); secrets are stored encrypted and never shown');
  credential
    .command('list', { isDefault: true })
    .description('list them (the default)')
    .action(async (_options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const { items } = await (await clientFor(context, globals)).call(API.forgeCredentials);
      if (globals.output === 'json') return writeJson(context.terminal, items);
      if (items.length === 0) return context.terminal.out('There is no credential: `sluice credential add` stores one.');
      writeCredentials(context.terminal, items);
    });
  withSecret(credential.command('add').description('store one'))
    .argument('<name>', 'small letters, digits and dashes')
    .addOption(new Option('--forge <kind>', 'what it is for').choices(['github', 'gitlab', 'gitea', 'forgejo']).makeOptionMandatory())
    .option('--forge-url <address>', 'where people see the forge; default: the public one of its kind')
    .action((name: string, options: AddOptions, command: Command) => add(context, command, name, options));
  withSecret(credential.command('rotate').description('give one another secret; it counts from the next call on, without a restart'))
    .argument('<name>', 'the credential')
    .action(async (name: string, options: SecretOptions, command: Command) => {
      const globals = globalOptions(command);
      const rotated = await (await clientFor(context, globals)).call(API.rotateCredential, { params: { credential: name }, body: { secret: await secretOf(options) } });
      said(context, command, rotated);
    });
  credential
    .command('oauth')
    .description('say by which OAuth client people link their own accounts there: `sluice account link <name>`')
    .argument('<name>', 'the credential')
    .option('--client-id <id>', 'as the forge shows it')
    .option('--client-secret-file <file>', 'a file with its secret; - for standard input; none for a public client')
    .option('--remove', 'forget the client')
    .action((name: string, options: OauthOptions, command: Command) => oauth(context, command, name, options));
  credential
    .command('remove')
    .description('forget one that no repository is connected with')
    .argument('<name>', 'the credential')
    .action(async (name: string, _options: unknown, command: Command) => {
      const globals = globalOptions(command);
      await (await clientFor(context, globals)).call(API.removeCredential, { params: { credential: name } });
      if (globals.output === 'json') return writeJson(context.terminal, { removed: name });
      context.terminal.out(`Removed: ${name}. Take it back on the forge as well.`);
    });
}

async function oauth(context: Context, command: Command, credential: string, { clientId, clientSecretFile, remove }: OauthOptions): Promise<void> {
  const globals = globalOptions(command);
  if ((clientId === undefined) !== (remove === true)) throw new InvalidInput('give the client with --client-id, or --remove');
  const client = await clientFor(context, globals);
  if (clientId === undefined) {
    await client.call(API.removeOauthClient, { params: { credential } });
    if (globals.output === 'json') return writeJson(context.terminal, { removed: credential });
    return context.terminal.out(`Removed: the OAuth client of ${credential}. What people have allowed by it ends when it has to be renewed.`);
  }
  const clientSecret = clientSecretFile === undefined ? undefined : await readSecret(clientSecretFile);
  const stored = await client.call(API.saveOauthClient, { params: { credential }, body: { clientId, ...present({ clientSecret }) } });
  if (globals.output === 'json') return writeJson(context.terminal, stored);
  context.terminal.out(`Stored: the OAuth client ${stored.clientId} of ${stored.credential}. Its redirect address on the forge has to be ${stored.redirectUri}`);
}

function withSecret(command: Command): Command {
  return command
    .option('--token-file <file>', 'a file with the token; - for standard input')
    .option('--app-id <number>', 'a GitHub App, with --private-key-file')
    .option('--private-key-file <file>', 'the App’s private key (PEM); - for standard input')
    .option('--installation <number>', 'the App’s installation; default: the one of the repository’s owner');
}

async function add(context: Context, command: Command, name: string, options: AddOptions): Promise<void> {
  const url = options.forgeUrl ?? PUBLIC[options.forge];
  if (url === undefined) throw new InvalidInput('name the forge with --forge-url: there is no public Gitea that everybody uses');
  const client = await clientFor(context, globalOptions(command));
  said(context, command, await client.call(API.addCredential, { body: { name, kind: options.forge, url, secret: await secretOf(options) } }));
}

async function secretOf({ tokenFile, appId, privateKeyFile, installation }: SecretOptions): Promise<Secret> {
  if (tokenFile !== undefined && appId === undefined && privateKeyFile === undefined) return { kind: 'token', token: await readSecret(tokenFile) };
  if (tokenFile !== undefined || appId === undefined || privateKeyFile === undefined) throw new InvalidInput('give a token with --token-file, or a GitHub App with --app-id and --private-key-file');
  return { kind: 'app', appId: numberOf('--app-id', appId), privateKey: await readSecret(privateKeyFile), ...(installation !== undefined && { installation: numberOf('--installation', installation) }) };
}

function numberOf(option: string, given: string): number {
  if (!/^\d{1,15}$/.test(given)) throw new InvalidInput(`${option} ${given}: give its number`);
  return Number(given);
}

function said(context: Context, command: Command, stored: CredentialDto): void {
  if (globalOptions(command).output === 'json') return writeJson(context.terminal, stored);
  context.terminal.out(`Stored: ${stored.name} for ${stored.url}.`);
}

function writeCredentials(terminal: Terminal, items: readonly CredentialDto[]): void {
  writeTable(
    terminal,
    ['name', 'forge', 'address', 'stored', 'repositories'],
    items.map(({ name, kind, url, changedAt, repositories }) => [name, kind, url, `${age(terminal, changedAt)} ago`, repositories.join(', ')]),
  );
}
