import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { Forbidden } from '@sluice/kernel';
import type { AddressRules } from './address-rules.js';

/** Finds all addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

export const systemResolve: Resolve = (hostname) => lookup(hostname, { all: true, verbatim: true });

/** A lookup for sockets that gives out only addresses that were checked: what is connected to is what was looked at, whatever the name stands for a moment later. */
export function checkedLookup(rules: AddressRules, resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname)
      .then((found) => {
        const allowed = found.filter(({ address }) => rules.allows(address));
        const [first] = allowed;
        if (!first) return callback(addressRefused(hostname), '', 0);
        if (options.all) callback(null, [...allowed]);
        else callback(null, first.address, first.family);
      })
      .catch((error: NodeJS.ErrnoException) => callback(error, '', 0));
  };
}

/** An address in a URL is not looked up, so it is checked before. @throws Forbidden */
export function checkLiteral(rules: AddressRules, hostname: string): void {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  if (isIP(bare) !== 0 && !rules.allows(bare)) throw addressRefused(bare);
}

function addressRefused(hostname: string): Forbidden {
  return new Forbidden(`${hostname} is at an address that this server does not ask: whoever runs it can allow its network (SLUICE_OUTBOUND_ALLOW)`);
}
