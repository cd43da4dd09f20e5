import { API } from '@sluice/contracts';
import type { OwnAccountDto } from '@sluice/contracts';
import { printableLine } from '@sluice/kernel';
import type { Command } from 'commander';
import { clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { age, writeJson, writeTable } from '../terminal.js';
import { openBrowser } from './browser-login.js';
import { readSecret } from './read-secret.js';

interface LinkOptions {
  readonly tokenFile?: string;
  readonly browser: boolean;
}

export function accountCommand(program: Command, context: Context): void {
  const account = program.command('account').description('my own accounts on forges: what I approve here is written there as my own review');
  account
    .command('list', { isDefault: true })
    .description('list them (the default)')
    .action(async (_options: unknown, command: Command) => {
      const globals = globalOptions(command);
      const { items } = await (await clientFor(context, globals)).call(API.ownAccounts);
      if (globals.output === 'json') return writeJson(context.terminal, items);
      if (items.length === 0) return context.terminal.out('You have linked no account: `sluice account link <credential>` links one.');
      writeAccounts(context, items);
    });
  account
    .command('link')
    .description('link one: by a browser, or with a token of mine')
    .argument('<credential>', 'the name by which Sluice knows the forge')
    .option('--token-file <file>', 'a file with a token of mine that may review there; - for standard input')
    .option('--no-browser', 'open none: print the address')
    .action((credential: string, options: LinkOptions, command: Command) => link(context, command, credential, options));
  account
    .command('unlink')
    .description('take back what I have allowed; the login stays known as mine')
    .argument('<credential>', 'as `sluice account list` shows it')
    .action(async (credential: string, _options: unknown, command: Command) => {
      const globals = globalOptions(command);
      await (await clientFor(context, globals)).call(API.unlinkOwnAccount, { params: { credential } });
      if (globals.output === 'json') return writeJson(context.terminal, { unlinked: credential });
      context.terminal.out('Unlinked: Sluice writes there what you decide. Take the token or the permission back on the forge as well.');
    });
}

async function link(context: Context, command: Command, credential: string, { tokenFile, browser }: LinkOptions): Promise<void> {
  const globals = globalOptions(command);
  const client = await clientFor(context, globals);
  if (tokenFile === undefined) return byBrowser(context, { address: new URL(`/forge-accounts/start?credential=${encodeURIComponent(credential)}`, client.connection.url).href, browser, json: globals.output === 'json' });
  const made = await client.call(API.linkOwnAccount, { body: { credential, token: await readSecret(tokenFile) } });
  if (globals.output === 'json') return writeJson(context.terminal, made);
  context.terminal.out(printableLine(`Linked: ${made.login} on ${made.url}. What you approve or reject in Sluice is written there as ${made.login}’s own review.`, 500));
}

/** The page asks, and so does the forge: nothing is linked before. */
function byBrowser({ terminal, environment }: Context, { address, browser, json }: { readonly address: string; readonly browser: boolean; readonly json: boolean }): void {
  if (json) terminal.out(JSON.stringify({ address }));
  else terminal.out(`${browser ? 'Opening a browser. If none opens, visit this' : 'Open this in a browser'}, signed in to Sluice as yourself:\n\n  ${address}\n\n\`sluice account\` shows when it is linked.`);
  if (browser) openBrowser(address, environment);
}

function writeAccounts({ terminal }: Context, items: readonly OwnAccountDto[]): void {
  writeTable(
    terminal,
    ['credential', 'forge', 'login', 'by', 'linked', 'ends', 'usable'],
    items.map(({ credential, url, login, how, since, expiresAt, unusable }) => [credential, url, login, how, `${age(terminal, since)} ago`, expiresAt ?? '', unusable ? printableLine(`no, for ${age(terminal, unusable.since)}: ${unusable.why}`, 300) : 'yes']),
  );
}
