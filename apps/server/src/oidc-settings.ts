import { InvalidEnvironment } from '@sluice/runtime';
import { z } from 'zod';

const list = z.string().transform((text) => text.split(/[\s,]+/).filter(Boolean));

/** Variables of the provider of identities; `SLUICE_OIDC_ISSUER` turns it on. */
export const OIDC_FIELDS = {
  SLUICE_OIDC_ISSUER: z.url({ protocol: /^https?$/, error: 'the issuer as the provider spells it, such as https://id.example.org/realms/work' }).refine(isGuarded, 'https, or http on this machine').optional(),
  SLUICE_OIDC_CLIENT_ID: z.string().min(1).optional(),
  SLUICE_OIDC_CLIENT_SECRET: z.string().min(1).optional(),
  SLUICE_OIDC_SCOPES: list.pipe(z.array(z.string()).refine((scopes) => scopes.includes('openid'), 'scopes with openid among them, such as "openid profile email"')).default(['openid', 'profile', 'email']),
  SLUICE_OIDC_NAME: z.string().min(1).max(50).optional(),
  SLUICE_OIDC_NAME_CLAIM: z.string().min(1).default('preferred_username'),
  SLUICE_OIDC_GROUPS_CLAIM: z.string().min(1).optional(),
  SLUICE_OIDC_ADMIN_GROUP: z.string().min(1).optional(),
  SLUICE_OIDC_ALLOWED_GROUPS: list.optional(),
  SLUICE_OIDC_LINK_BY_EMAIL: z.enum(['true', 'false']).default('false').transform((text) => text === 'true'),
};

type Found = z.output<z.ZodObject<typeof OIDC_FIELDS>>;

/** A provider of identities, as the environment names it. */
export interface OidcSettings {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret?: string | undefined;
  readonly scopes: readonly string[];
  /** What the button says. */
  readonly name: string;
  readonly claims: { readonly name: string; readonly groups?: string | undefined };
  readonly adminGroup?: string | undefined;
  readonly allowedGroups?: readonly string[] | undefined;
  readonly linkByEmail: boolean;
}

/** @throws InvalidEnvironment when variables do not go together. */
export function oidcIn(found: Found): OidcSettings | undefined {
  const { SLUICE_OIDC_ISSUER: issuer, SLUICE_OIDC_CLIENT_ID: clientId, SLUICE_OIDC_GROUPS_CLAIM: groups } = found;
  if (issuer === undefined) {
    if (clientId !== undefined || found.SLUICE_OIDC_CLIENT_SECRET !== undefined) throw new InvalidEnvironment(['SLUICE_OIDC_ISSUER: the client of a provider is named, but not the provider']);
    return undefined;
  }
  if (clientId === undefined) throw new InvalidEnvironment(['SLUICE_OIDC_CLIENT_ID: the provider knows this server by a client id: register a client there and name it']);
  const needsGroups = found.SLUICE_OIDC_ADMIN_GROUP === undefined ? (found.SLUICE_OIDC_ALLOWED_GROUPS ? 'SLUICE_OIDC_ALLOWED_GROUPS' : undefined) : 'SLUICE_OIDC_ADMIN_GROUP';
  if (needsGroups && groups === undefined) throw new InvalidEnvironment([`SLUICE_OIDC_GROUPS_CLAIM: ${needsGroups} names groups: say in which claim they come, such as groups`]);
  return {
    issuer,
    clientId,
    clientSecret: found.SLUICE_OIDC_CLIENT_SECRET,
    scopes: found.SLUICE_OIDC_SCOPES,
    name: found.SLUICE_OIDC_NAME ?? new URL(issuer).hostname,
    claims: { name: found.SLUICE_OIDC_NAME_CLAIM, groups },
    adminGroup: found.SLUICE_OIDC_ADMIN_GROUP,
    allowedGroups: found.SLUICE_OIDC_ALLOWED_GROUPS,
    linkByEmail: found.SLUICE_OIDC_LINK_BY_EMAIL,
  };
}

/** Codes and secrets go to the provider: in the clear only on this machine. */
function isGuarded(text: string): boolean {
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
