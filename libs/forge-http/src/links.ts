/** `<address>; rel="next"; …, <address>; …` (RFC 8288), as far as forges write it. */
const LINK = /<([^<>]{1,4000})>((?:\s*;\s*[\w*]+\s*=\s*(?:"[^"]*"|[^",;\s]+))*)/g;
const PARAMETER = /;\s*([\w*]+)\s*=\s*(?:"([^"]*)"|([^",;\s]+))/g;
const LONGEST = 16_384;

/** The address of each relation (`next`, `last`, …) in a `Link` header; the first where one comes twice. */
export function readLinks(header: string | null): ReadonlyMap<string, string> {
  const links = new Map<string, string>();
  for (const [, address = '', parameters = ''] of (header ?? '').slice(0, LONGEST).matchAll(LINK)) {
    for (const relation of relationsOf(parameters)) {
      if (!links.has(relation)) links.set(relation, address);
    }
  }
  return links;
}

function relationsOf(parameters: string): readonly string[] {
  const [, , quoted, bare] = [...parameters.matchAll(PARAMETER)].find(([, name = '']) => name.toLowerCase() === 'rel') ?? [];
  return (quoted ?? bare ?? '').toLowerCase().split(/\s+/).filter((relation) => relation !== '');
}
