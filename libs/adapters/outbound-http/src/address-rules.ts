import ipaddr from 'ipaddr.js';

/** Which addresses may be reached. */
export interface AddressRules {
  allows(address: string): boolean;
}

/**
 * Public addresses, and those in the given networks (`10.0.0.0/8`, `fd00::/8`). Private, loopback, link-local (where clouds keep their metadata), multicast and reserved ones are refused, however they are
 * written: IPv4 inside IPv6 counts as IPv4, and forms that stand for another address are refused.
 * @throws RangeError when a network is none.
 */
export function addressRules(allowedNetworks: readonly string[]): AddressRules {
  const allowed = allowedNetworks.map(readNetwork);
  return {
    allows: (text) => {
      if (!ipaddr.isValid(text)) return false;
      const address = ipaddr.process(text);
      return address.range() === 'unicast' || allowed.some(([network, bits]) => network.kind() === address.kind() && address.match(network, bits));
    },
  };
}

function readNetwork(text: string): [ipaddr.IPv4 | ipaddr.IPv6, number] {
  if (!ipaddr.isValidCIDR(text)) throw new RangeError(`${JSON.stringify(text)} is no network such as 10.0.0.0/8`);
  return ipaddr.parseCIDR(text);
}
