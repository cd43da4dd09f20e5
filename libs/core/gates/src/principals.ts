import type { Principal } from '@sluice/pipeline';

/** Whether somebody is among the principals; an empty list stands for everybody. */
export function mayAct(principals: readonly Principal[], somebody: { readonly person: string; readonly groups: readonly string[] }): boolean {
  return principals.length === 0 || principals.some((principal) => matches(principal, somebody));
}

/** Whether somebody is named, themselves or by a group: whoever is only anybody is not. */
export function isNamedAmong(principals: readonly Principal[], somebody: { readonly person: string; readonly groups: readonly string[] }): boolean {
  return principals.some((principal) => principal.kind !== 'anyone' && matches(principal, somebody));
}

function matches(principal: Principal, somebody: { readonly person: string; readonly groups: readonly string[] }): boolean {
  switch (principal.kind) {
    case 'anyone':
      return true;
    case 'person':
      return principal.name === somebody.person;
    case 'group':
      return somebody.groups.includes(principal.name);
  }
}

/** `group release-managers or ada`. */
export function principalText(principals: readonly Principal[]): string {
  if (principals.length === 0) return 'anybody';
  return principals.map((principal) => (principal.kind === 'anyone' ? 'anybody' : principal.kind === 'group' ? `group ${principal.name}` : principal.name)).join(' or ');
}
