import { z } from 'zod';
import { credentialDto, zCredential } from './forges.js';
import { zTime } from './fields.js';

/** `expiresAt`: when what was allowed ends, as far as that is known. `unusable`: since when the forge does not take it any more, and why. */
export const ownAccountDto = z.object({
  credential: z.string(),
  url: z.string(),
  login: z.string(),
  how: z.enum(['token', 'oauth']),
  since: zTime,
  expiresAt: zTime.optional(),
  unusable: z.object({ since: zTime, why: z.string() }).optional(),
});
export type OwnAccountDto = z.output<typeof ownAccountDto>;
export const ownAccountList = z.object({ items: z.array(ownAccountDto) });
export const newOwnAccount = z.object({ credential: zCredential, token: z.string().trim().min(8).max(4_000) });

/** As it is registered at the forge; without a secret it is a public client. */
export const newOauthClient = z.object({ clientId: z.string().trim().min(1).max(200), clientSecret: z.string().trim().min(8).max(1_000).optional() });
/** `redirectUri`: the address that is to be registered at the forge. */
export const oauthClientDto = z.object({ credential: credentialDto.shape.name, clientId: z.string(), redirectUri: z.string() });
