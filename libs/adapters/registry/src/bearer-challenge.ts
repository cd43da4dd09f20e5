/** Where a token is to be had, as a registry says in `WWW-Authenticate`. */
export interface BearerChallenge {
  readonly realm: string;
  readonly service?: string;
  readonly scope?: string;
}

/** Reads `Bearer realm="…",service="…",scope="…"`; undefined when something else is asked for. */
export function readBearerChallenge(header: string | undefined): BearerChallenge | undefined {
  const parameters = /^\s*Bearer\s+(.*)$/i.exec(header?.slice(0, 4_000) ?? '')?.[1];
  if (parameters === undefined) return undefined;
  const found = new Map([...parameters.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [name.toLowerCase(), value]));
  const [realm, service, scope] = ['realm', 'service', 'scope'].map((name) => found.get(name));
  return realm === undefined ? undefined : { realm, ...(service !== undefined && { service }), ...(scope !== undefined && { scope }) };
}

/** The address that gives the token. @throws TypeError when the realm is no address. */
export function tokenUrl({ realm, service, scope }: BearerChallenge): string {
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set('service', service);
  if (scope !== undefined) url.searchParams.set('scope', scope);
  return url.href;
}
