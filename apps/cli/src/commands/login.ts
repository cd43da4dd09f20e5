import { hostname } from 'node:os';
import { API } from '@sluice/contracts';
import { InvalidInput } from '@sluice/kernel';
import type { Command } from 'commander';
import { ApiClient } from '../api-client.js';
import { loginFile, writeSecretFile } from '../connection.js';
import { clientFor, globalOptions } from '../context.js';
import type { Context } from '../context.js';
import { age, paint, writeJson } from '../terminal.js';

export function loginCommand(program: Command, context: Context): void {
  program
    .command('login')
    .description('sign in with a login link, or make one')
    .argument('[link]', 'a login link: it is spent, and a token is kept for this user of the machine')
    .option('--link', 'make a login link instead, for the dashboard or another machine; it works once, for 10 minutes')
    .option('--person <name>', 'with --link: for somebody else (admins)')
    .action(async (link: string | undefined, options: { link?: boolean; person?: string }, command: Command) => {
      const globals = globalOptions(command);
      if (options.link === true) {
        const made = await (await clientFor(context, globals)).call(API.createLoginLink, { body: options.person === undefined ? {} : { person: options.person } });
        if (globals.output === 'json') return writeJson(context.terminal, made);
        return context.terminal.out(`${made.url}\n${paint(context.terminal, 'dim', `for ${made.person}, once, within 10 minutes`)}`);
      }
      if (link === undefined) throw new InvalidInput('give the login link, or --link to make one');
      await signIn(context, link, globals.output === 'json');
    });
}

async function signIn(context: Context, link: string, json: boolean): Promise<void> {
  const { url, secret } = parseLink(link);
  const reply = await new ApiClient({ url }).call(API.createToken, { body: { secret, label: `sluice on ${hostname()}`.slice(0, 100) } });
  const path = loginFile(context.environment);
  await writeSecretFile(path, { url, token: reply.token });
  if (json) return writeJson(context.terminal, { url, person: reply.person, expiresAt: reply.expiresAt });
  context.terminal.out(`Signed in as ${reply.person} at ${url}, until the token ends in ${age({ ...context.terminal, now: () => Date.parse(reply.expiresAt) }, new Date(context.terminal.now()).toISOString())}.`);
}

/** `http://host:port/login#<secret>` */
function parseLink(link: string): { url: string; secret: string } {
  if (!URL.canParse(link)) throw new InvalidInput('this is not a login link: copy it whole, in quotes, with the part after #');
  const { origin, hash, protocol } = new URL(link);
  if ((protocol !== 'http:' && protocol !== 'https:') || hash.length < 21) throw new InvalidInput('this login link has no secret after #: copy it whole, in quotes');
  return { url: origin, secret: decodeURIComponent(hash.slice(1)) };
}
