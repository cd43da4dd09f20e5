import { Unavailable } from '@sluice/kernel';
import { isRepeatable } from './retry.js';

/** A call that can be made again: its body is in memory. */
export interface Call {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body?: Uint8Array<ArrayBuffer>;
}

/** Headers that prove who asks. */
export const CREDENTIALS: readonly string[] = ['authorization', 'private-token', 'job-token', 'proxy-authorization', 'cookie'];

const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** After these a call is made again as it was; after the others it would become a GET, which asks something else. */
const SAME_METHOD: readonly number[] = [307, 308];

/**
 * The call that a redirect asks for: on the same origin with the credential, elsewhere without it and only when it just reads. undefined: the answer is no redirect.
 * @throws Unavailable when it is one that is not followed
 */
export function redirected(call: Call, status: number, location: string | null): Call | undefined {
  if (!REDIRECTS.includes(status) || location === null) return undefined;
  const url = URL.canParse(location, call.url.href) ? new URL(location, call.url) : undefined;
  const reads = isRepeatable(call.method);
  const refusal = refusalOf(call, url, reads || SAME_METHOD.includes(status));
  if (url === undefined || refusal !== undefined) throw new Unavailable(`${call.url.host} redirects ${refusal ?? 'to what is no address'}: is its address still right?`);
  return { ...call, url, headers: url.origin === call.url.origin ? call.headers : withoutCredentials(call.headers) };
}

function refusalOf(call: Call, url: URL | undefined, sameCall: boolean): string | undefined {
  if (url === undefined) return undefined;
  if (!['http:', 'https:'].includes(url.protocol)) return 'to another protocol';
  if (call.url.protocol === 'https:' && url.protocol !== 'https:') return 'from https to http';
  if (!sameCall) return `a ${call.method} in a way that makes a GET of it`;
  if (url.origin !== call.url.origin && !isRepeatable(call.method)) return `a ${call.method} to another host`;
  return undefined;
}

function withoutCredentials(headers: Headers): Headers {
  const kept = new Headers(headers);
  for (const name of CREDENTIALS) kept.delete(name);
  return kept;
}
