import type { ProvenIdentity } from '@sluice/usecases';
import { z } from 'zod';

/** Which claims say what. A dotted name leads into objects (`realm_access.roles`), when there is no claim of the whole name. */
export interface ClaimNames {
  readonly name: string;
  readonly groups?: string | undefined;
}

const MOST_GROUPS = 500;
const zText = z.string().min(1).max(320).optional().catch(undefined);
const zGroups = z
  .union([z.string().transform((text) => [text]), z.array(z.unknown())])
  .transform((items): readonly string[] => (items as readonly unknown[]).filter((item): item is string => typeof item === 'string' && item.length > 0 && item.length <= 100).slice(0, MOST_GROUPS))
  .optional()
  .catch(undefined);

type Claims = Readonly<Record<string, unknown>>;

/** What we use of what a provider says. A claim that has not the right form counts as absent: whoever signed in has less by it, never more. */
export function readClaims(claims: Claims, { iss, sub }: { readonly iss: string; readonly sub: string }, names: ClaimNames): ProvenIdentity {
  const [wantedName, displayName, email] = [zText.parse(at(claims, names.name)), zText.parse(claims['name']), zText.parse(claims['email'])];
  const groups = names.groups === undefined ? undefined : zGroups.parse(at(claims, names.groups));
  return {
    issuer: iss,
    subject: sub,
    // some send the text
    emailVerified: claims['email_verified'] === true || claims['email_verified'] === 'true',
    ...(wantedName !== undefined && { wantedName }),
    ...(displayName !== undefined && { displayName }),
    ...(email !== undefined && { email }),
    ...(groups !== undefined && { groups }),
  };
}

/** Whether everything is there that is read. */
export function isComplete(claims: Claims, names: ClaimNames): boolean {
  return [names.name, 'name', 'email', ...(names.groups === undefined ? [] : [names.groups])].every((name) => at(claims, name) !== undefined);
}

function at(claims: Claims, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  return name.split('.').reduce<unknown>((found, part) => (typeof found === 'object' && found !== null && Object.hasOwn(found, part) ? (found as Claims)[part] : undefined), claims);
}
