import { networkInterfaces } from 'node:os';

/** Where a server that listens on `host` is found: by this machine, and by others when it listens on all addresses. */
export interface Addresses {
  readonly url: string;
  /** For other machines; empty when it listens on one address. */
  readonly others: readonly string[];
}

const ALL = new Set(['0.0.0.0', '::', '[::]']);

/** `interfaces`: addresses of this machine's own. */
export function addressesOf(host: string, port: number, interfaces: readonly string[] = ownAddresses()): Addresses {
  const urlOf = (address: string): string => new URL(`http://${address.includes(':') && !address.startsWith('[') ? `[${address}]` : address}:${port}`).origin;
  if (!ALL.has(host)) return { url: urlOf(host), others: [] };
  return { url: urlOf('127.0.0.1'), others: interfaces.filter((address) => host !== '0.0.0.0' || !address.includes(':')).map(urlOf) };
}

/** What browsers on other machines may call the server: others would be refused as DNS rebinding. */
export function hostsOf({ url, others }: Addresses): readonly string[] {
  return [url, ...others].map((address) => new URL(address).host);
}

// addresses that need a zone (fe80::…%eth0) cannot stand in a URL
function ownAddresses(): readonly string[] {
  return Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).filter(({ internal, address }) => !internal && !address.startsWith('fe80:')).map(({ address }) => address));
}
