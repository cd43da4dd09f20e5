import { assertOutsideTransaction } from '@sluice/runtime';
import { Agent, fetch as undiciFetch } from 'undici';
import type { RequestInfo, RequestInit } from 'undici';
import { addressRules } from './address-rules.js';
import { checkedLookup, checkLiteral, systemResolve } from './checked-lookup.js';
import type { OutboundOptions } from './create-outbound-http.js';

/** A `fetch` that reaches only addresses that the server allows. It has to be closed. */
export interface CheckedFetch {
  readonly fetch: typeof fetch;
  close(): Promise<void>;
}

const MAX_CONNECTIONS = 16;

/**
 * For addresses of forges, which an admin names. Redirects are given back, not followed, unless the caller asks for that.
 * @throws RangeError when a network is none; the fetch itself throws Forbidden for an address that is not allowed.
 */
export function createCheckedFetch(options: Pick<OutboundOptions, 'allowedNetworks' | 'resolve'> = {}): CheckedFetch {
  const rules = addressRules(options.allowedNetworks ?? []);
  const agent = new Agent({ connect: { lookup: checkedLookup(rules, options.resolve ?? systemResolve) }, connections: MAX_CONNECTIONS, maxHeaderSize: 32_768, pipelining: 1 });
  const checked = (input: RequestInfo, init?: RequestInit): ReturnType<typeof undiciFetch> => {
    assertOutsideTransaction('a call of a forge');
    checkLiteral(rules, new URL(typeof input === 'string' ? input : 'url' in input ? input.url : input.href).hostname);
    return undiciFetch(input, { redirect: 'manual', ...init, dispatcher: agent });
  };
  // undici's types and those of the platform describe the same thing
  return { fetch: checked as unknown as typeof fetch, close: () => agent.destroy() };
}
