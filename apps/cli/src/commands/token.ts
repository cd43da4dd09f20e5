import { API } from '@sluice/contracts';
import type { CredentialEntry } from '@sluice/contracts';
import { SCOPES, present } from '@sluice/kernel';
import type { Command } from 'commander';
import { clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { parseSeconds } from '../moment.js';
import { age, paint, writeJson, writeTable } from '../terminal.js';
import type { Terminal } from '../terminal.js';

interface CreateOptions {
  readonly label?: string;
  readonly scope?: string[];
  readonly repository?: string[];
  readonly environment?: string[];
  readonly application?: string[];
  readonly expires: string;
  readonly person?: string;
}

export function tokenCommand(program: Command, context: Context): void {
  const token = program.command('token').description('API tokens, for programs: what they may, until when, and when they were used last');
  token
    .command('list', { isDefault: true })
    .description('list mine (the default)')
    .option('--person <name>', 'somebody else’s (admins)')
    .option('--everybody', 'of all (admins)')
    .action(async ({ person, everybody }: { person?: string; everybody?: boolean }, command: Command) => {
      const globals = globalOptions(command);
      const { items } = await (await clientFor(context, globals)).call(API.tokens, { query: { person, everybody: everybody === true ? 'true' : undefined } });
      if (globals.output === 'json') return writeJson(context.terminal, items);
      writeTokens(context.terminal, items);
    });
  token
    .command('create')
    .description('make one; it is printed once, and kept nowhere')
    .option('--label <text>', 'what it is for')
    .option('--scope <scope...>', `what it may, of ${SCOPES.join(', ')}; default: all that its person may`)
    .option('--repository <name...>', 'the only repositories that it may touch')
    .option('--environment <name...>', 'the only environments; what names none, such as git, is refused')
    .option('--application <name...>', 'the only applications; what names none is refused')
    .option('--expires <time>', 'when it ends, from 1m to 365d', '30d')
    .option('--person <name>', 'for somebody else, such as a service account (admins)')
    .action(async (options: CreateOptions, command: Command) => {
      const globals = globalOptions(command);
      const client = await clientFor(context, globals);
      const body = present({ label: options.label ?? 'command line', scopes: options.scope, repositories: options.repository, environments: options.environment, applications: options.application, ttlSeconds: parseSeconds('--expires', options.expires, ['1m', '365d']) });
      const made = options.person === undefined ? await client.call(API.createOwnToken, { body }) : await client.call(API.createTokenFor, { params: { person: options.person }, body });
      if (globals.output === 'json') return writeJson(context.terminal, made);
      context.terminal.out(made.token);
      context.terminal.err(paint(context.terminal, 'dim', `for ${made.person}, until ${made.expiresAt}; it is not shown again`));
    });
  token
    .command('revoke')
    .description('end one at once: mine, or anybody’s (admins)')
    .argument('<id>', 'as `sluice token list` shows it')
    .action(async (id: string, _options: unknown, command: Command) => {
      const globals = globalOptions(command);
      await (await clientFor(context, globals)).call(API.revokeOneToken, { params: { token: id } });
      if (globals.output === 'json') return writeJson(context.terminal, { revoked: id });
      context.terminal.out(`Revoked: ${id}.`);
    });
}

function writeTokens(terminal: Terminal, tokens: readonly CredentialEntry[]): void {
  writeTable(
    terminal,
    ['id', 'person', 'label', 'scopes', 'repositories', 'environments', 'applications', 'last used', 'ends'],
    tokens.map(({ id, person, label, scopes, repositories, environments, applications, usedAt, expiresAt, current }) => [
      id,
      person,
      current ? `${label} (this one)` : label,
      ...[scopes, repositories, environments, applications].map(namesOrAll),
      usedAt === undefined ? 'never' : `${age(terminal, usedAt)} ago`,
      expiresAt?.slice(0, 10) ?? 'never',
    ]),
  );
}

/** A token without a limit is good for all. */
function namesOrAll(names: readonly string[] | undefined): string {
  return names?.join(', ') ?? 'all';
}
