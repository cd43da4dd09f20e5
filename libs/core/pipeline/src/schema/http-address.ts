const PATTERN = /^https?:\/\/[^\s/?#@]+([/?#][^\s]*)?$/i;

/** Why a text is no address that a gate can ask; undefined when it is one. What it resolves to is looked at when it is asked. */
export function httpAddressProblem(text: string): string | undefined {
  if (/^https?:\/\/[^/?#]*@/i.test(text)) return 'must not have credentials in it: requests are signed';
  return PATTERN.test(text) ? undefined : 'must be an address that begins with https:// (or http://)';
}
