import { Forbidden, Unavailable, messageOf, printableLine } from '@sluice/kernel';
import type { OutboundAnswer, OutboundHttp, OutboundRequest } from '@sluice/usecases';
import { Agent, request } from 'undici';
import { addressRules } from './address-rules.js';
import type { AddressRules } from './address-rules.js';
import { checkedLookup, checkLiteral, systemResolve } from './checked-lookup.js';
import type { Resolve } from './checked-lookup.js';

export interface OutboundOptions {
  /** Networks beside the public ones that may be asked. */
  readonly allowedNetworks?: readonly string[];
  /** Milliseconds for everything: looking up, connecting, redirects, the whole answer. */
  readonly deadline?: number;
  readonly resolve?: Resolve;
}

/** An {@link OutboundHttp} that has to be closed. */
export interface ClosableOutboundHttp extends OutboundHttp {
  close(): Promise<void>;
}

const DEADLINE = 10_000;
const MAX_REDIRECTS = 3;
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** After these a POST is sent again as it was; after the others it would become a GET, which asks something else. */
const SAME_METHOD: readonly number[] = [307, 308];
const MAX_CONNECTIONS = 16;

/** @throws RangeError when a network is none. */
export function createOutboundHttp(options: OutboundOptions = {}): ClosableOutboundHttp {
  const rules = addressRules(options.allowedNetworks ?? []);
  const agent = new Agent({ connect: { lookup: checkedLookup(rules, options.resolve ?? systemResolve) }, connections: MAX_CONNECTIONS, maxHeaderSize: 16_384, pipelining: 1 });
  const deadline = options.deadline ?? DEADLINE;
  return {
    request: (wanted) => ask({ agent, rules, signal: AbortSignal.timeout(deadline), deadline }, wanted),
    close: () => agent.destroy(),
  };
}

interface Asking {
  readonly agent: Agent;
  readonly rules: AddressRules;
  readonly signal: AbortSignal;
  readonly deadline: number;
}

async function ask(asking: Asking, wanted: OutboundRequest): Promise<OutboundAnswer> {
  let current = wanted;
  for (let redirects = 0; ; redirects += 1) {
    const answer = await once(asking, current);
    const next = wanted.redirects === 'none' ? undefined : redirectOf(current, answer);
    if (!next) return answer;
    if (redirects >= MAX_REDIRECTS) throw new Unavailable(`${hostOf(wanted.url)} redirects more than ${MAX_REDIRECTS} times`);
    current = next;
  }
}

async function once({ agent, rules, signal, deadline }: Asking, { method, url, headers, body, maxBytes }: OutboundRequest): Promise<OutboundAnswer> {
  const parsed = parseUrl(url);
  checkLiteral(rules, parsed.hostname);
  try {
    const answer = await request(parsed, { dispatcher: agent, method, signal, headers: { 'user-agent': 'sluice', ...headers }, ...(body !== undefined && { body }) });
    return { status: answer.statusCode, headers: flat(answer.headers), body: await readBounded(answer.body, maxBytes) };
  } catch (error) {
    throw faultOf(error, parsed.host, { timedOut: signal.aborted, deadline });
  }
}

function faultOf(error: unknown, host: string, { timedOut, deadline }: { readonly timedOut: boolean; readonly deadline: number }): Error {
  if (error instanceof Forbidden || error instanceof Unavailable) return error;
  if (timedOut) return new Unavailable(`${host} has not answered within ${deadline / 1_000} s`, { cause: error });
  return new Unavailable(`${host} cannot be reached: ${printableLine(messageOf(error), 200)}`, { cause: error });
}

/** @throws Forbidden when nothing should be sent there. */
function parseUrl(url: string): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (!parsed || !['http:', 'https:'].includes(parsed.protocol)) throw new Forbidden(`${printableLine(url, 100)} is no http or https address`);
  if (parsed.username !== '' || parsed.password !== '') throw new Forbidden('credentials in an address are not sent');
  return parsed;
}

function redirectOf(asked: OutboundRequest, { status, headers }: OutboundAnswer): OutboundRequest | undefined {
  const location = headers['location'];
  if (!REDIRECTS.includes(status) || location === undefined) return undefined;
  if (asked.method === 'POST' && !SAME_METHOD.includes(status)) return undefined;
  if (!URL.canParse(location, asked.url)) return undefined;
  const next = new URL(location, asked.url);
  const before = new URL(asked.url);
  if (before.protocol === 'https:' && next.protocol !== 'https:') throw new Unavailable(`${before.host} redirects from https to ${printableLine(next.protocol, 20)}, which is not followed`);
  return { ...asked, url: next.href, ...(asked.headers && { headers: next.origin === before.origin ? asked.headers : withoutCredentials(asked.headers) }) };
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !['authorization', 'cookie'].includes(name.toLowerCase())));
}

function flat(headers: Readonly<Record<string, string | string[] | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]])));
}

async function readBounded(body: AsyncIterable<Uint8Array> & { destroy(): unknown }, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > maxBytes) {
      body.destroy();
      throw new Unavailable(`the answer is longer than ${maxBytes} bytes`);
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : '';
}
