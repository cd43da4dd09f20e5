import { hostname } from 'node:os';
import { API } from '@sluice/contracts';
import { InvalidInput, present } from '@sluice/kernel';
import type { Command } from 'commander';
import { ApiClient } from '../api-client.js';
import { findConnection, loginFile, writeSecretFile } from '../connection.js';
import { codeByBrowser } from './browser-login.js';
import { clientFor, globalOptions } from '../context.js';
import type { Context, GlobalOptions } from '../context.js';
import { age, paint, writeJson } from '../terminal.js';

export function loginCommand(program: Command, context: Context): void {
  program
    .command('login')
    .description('sign in by a browser or with a login link, or make one')
    .argument('[link]', 'a login link: it is spent; or the URL of the server, to sign in by a browser. A token is kept for this user of the machine')
    .option('--no-browser', 'open none: print the address, and ask for the code that it shows')
    .option('--link', 'make a login link instead, for the dashboard or another machine; it works once, for 10 minutes')
    .option('--person <name>', 'with --link: for somebody else (admins)')
    .action(async (link: string | undefined, options: { link?: boolean; person?: string; browser: boolean }, command: Command) => {
      const globals = globalOptions(command);
      if (options.link === true) {
        const made = await (await clientFor(context, globals)).call(API.createLoginLink, { body: options.person === undefined ? {} : { person: options.person } });
        if (globals.output === 'json') return writeJson(context.terminal, made);
        return context.terminal.out(`${made.url}\n${paint(context.terminal, 'dim', `for ${made.person}, once, within 10 minutes`)}`);
      }
      const json = globals.output === 'json';
      if (link !== undefined && !isServer(link)) return keepToken(context, parseLink(link), json);
      const url = link === undefined ? await serverWithProvider(context, globals) : new URL(link).origin;
      await keepToken(context, { url, ...(await codeByBrowser(context, url, options)) }, json);
    });
}

/** The server that is known already, when people can sign in there without a link. */
async function serverWithProvider({ environment, folder }: Context, { url: named, data }: GlobalOptions): Promise<string> {
  const known = await findConnection({ ...present({ url: named, data }), environment, folder }).catch(() => undefined);
  if (!known) throw new InvalidInput('give the login link or the URL of the server, or --link to make a link');
  if (!(await new ApiClient({ url: known.url }).call(API.signInWays)).oidc) throw new InvalidInput(`give the login link, or --link to make one: ${known.url} has no provider of identities`);
  return known.url;
}

interface Spent {
  readonly url: string;
  readonly secret: string;
  readonly verifier?: string;
}

/** Spends a link or a code for a token, and keeps that. */
async function keepToken(context: Context, { url, ...spent }: Spent, json: boolean): Promise<void> {
  const reply = await new ApiClient({ url }).call(API.createToken, { body: { ...spent, label: `sluice on ${hostname()}`.slice(0, 100) } });
  await writeSecretFile(loginFile(context.environment), { url, token: reply.token });
  if (json) return writeJson(context.terminal, { url, person: reply.person, expiresAt: reply.expiresAt });
  context.terminal.out(`Signed in as ${reply.person} at ${url}, until the token ends in ${age({ ...context.terminal, now: () => Date.parse(reply.expiresAt) }, new Date(context.terminal.now()).toISOString())}.`);
}

/** The address of a server without anything behind it. */
function isServer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, pathname, hash } = new URL(text);
  return (protocol === 'http:' || protocol === 'https:') && pathname === '/' && hash === '';
}

/** `http://host:port/login#<secret>` */
function parseLink(link: string): { url: string; secret: string } {
  if (!URL.canParse(link)) throw new InvalidInput('this is not a login link: copy it whole, in quotes, with the part after #');
  const { origin, hash, protocol } = new URL(link);
  if ((protocol !== 'http:' && protocol !== 'https:') || hash.length < 21) throw new InvalidInput('this login link has no secret after #: copy it whole, in quotes');
  return { url: origin, secret: decodeURIComponent(hash.slice(1)) };
}
