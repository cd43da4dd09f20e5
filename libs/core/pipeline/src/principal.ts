import { isName } from '@sluice/kernel';
import type { Principal } from './model.js';

const GROUP = /^[^\s\u0000-\u001f\u007f-\u009f](?:[^\u0000-\u001f\u007f-\u009f]{0,198}[^\s\u0000-\u001f\u007f-\u009f])?$/;

/** Reads `person:ada`, `group:sre` or `*`; `undefined` for anything else. Groups may have any printable name, as identity providers give them. */
export function parsePrincipal(text: string): Principal | undefined {
  if (text === '*') return { kind: 'anyone' };
  const [kind, name] = split(text);
  if (kind === 'person' && isName(name)) return { kind, name };
  if (kind === 'group' && GROUP.test(name)) return { kind, name };
  return undefined;
}

export function formatPrincipal(principal: Principal): string {
  return principal.kind === 'anyone' ? '*' : `${principal.kind}:${principal.name}`;
}

/** Whether a signed-in person, with the groups that they are in, is meant by the principal. */
export function principalMatches(principal: Principal, person: { readonly name: string; readonly groups: readonly string[] }): boolean {
  if (principal.kind === 'anyone') return true;
  return principal.kind === 'person' ? principal.name === person.name : person.groups.includes(principal.name);
}

function split(text: string): readonly [string, string] {
  const colon = text.indexOf(':');
  return colon < 0 ? ['', text] : [text.slice(0, colon), text.slice(colon + 1)];
}
