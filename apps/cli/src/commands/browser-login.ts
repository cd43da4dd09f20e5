import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { createInterface } from 'node:readline/promises';
import { InvalidInput, Unavailable } from '@sluice/kernel';
import type { Context } from '../context.js';

/** As long as the server keeps a code. */
const PATIENCE = 10 * 60_000;
const DONE = '<!doctype html><meta charset="utf-8"><title>Sluice</title><p>You are signed in on the command line. This page can be closed.\n';

/** A code that was made in a signed-in page, and what shows that it was made for this process (as RFC 7636). */
export interface BrowserCode {
  readonly secret: string;
  readonly verifier: string;
}

/**
 * Sends whoever runs this to a page of the server that signs them in and asks them. The page hands the code to a port of this machine (RFC 8252, section 7.3), or shows it: the code is worth nothing to whoever has
 * not started this.
 */
export async function codeByBrowser(context: Context, server: string, options: { readonly browser: boolean }): Promise<BrowserCode> {
  const verifier = randomBytes(32).toString('base64url');
  const page = new URL('/login/cli', server);
  page.searchParams.set('challenge', createHash('sha256').update(verifier).digest('base64url'));
  page.searchParams.set('machine', hostname().slice(0, 60));
  return { verifier, secret: options.browser ? await fromLoopback(context, page) : await fromPrompt(context, page) };
}

async function fromPrompt({ terminal }: Context, page: URL): Promise<string> {
  terminal.err(`Open this in a browser, sign in and allow it:\n\n  ${page.href}\n`);
  const prompt = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const code = (await prompt.question('Code: ')).trim();
    if (!code) throw new InvalidInput('no code was given');
    return code;
  } finally {
    prompt.close();
  }
}

async function fromLoopback({ terminal, environment }: Context, page: URL): Promise<string> {
  const { server, code } = await listen();
  try {
    page.searchParams.set('port', String((server.address() as AddressInfo).port));
    terminal.err(`Opening a browser. If none opens, visit this on this machine (on another one: --no-browser):\n\n  ${page.href}\n`);
    openBrowser(page.href, environment);
    return await code;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function listen(): Promise<{ readonly server: Server; readonly code: Promise<string> }> {
  const server = createServer();
  const code = new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Unavailable('nobody signed in within 10 minutes: run `sluice login` again')), PATIENCE);
    server.on('close', () => clearTimeout(timer));
    server.on('request', (request, response) => {
      const found = new URL(request.url ?? '/', 'http://127.0.0.1').searchParams.get('code');
      response.writeHead(found === null ? 404 : 200, { 'content-type': 'text/html; charset=utf-8', 'referrer-policy': 'no-referrer', connection: 'close' });
      response.end(found === null ? '' : DONE, () => found !== null && resolve(found));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return { server, code };
}

/** The user's own choice, or the system's. The address goes along as one argument, through no shell. */
export function openBrowser(address: string, environment: Context['environment']): void {
  const [program, ...args] = browserCommand(environment);
  const child = spawn(program, [...args, address], { detached: true, stdio: 'ignore' });
  child.on('error', () => undefined);
  child.unref();
}

function browserCommand(environment: Context['environment']): readonly [string, ...string[]] {
  if (environment['BROWSER']) return [environment['BROWSER']];
  if (process.platform === 'darwin') return ['open'];
  return process.platform === 'win32' ? ['rundll32', 'url.dll,FileProtocolHandler'] : ['xdg-open'];
}
