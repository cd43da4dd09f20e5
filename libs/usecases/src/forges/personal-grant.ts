import { instant, present } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import { z } from 'zod';
import type { OauthClient, PersonalGrant, Sealer, StoredAccount, StoredClient } from '../ports/index.js';

const zGrant = z.object({ accessToken: z.string(), refreshToken: z.string().optional(), expiresAt: z.number().transform(instant).optional() });

type Place = Pick<StoredAccount, 'person' | 'url'>;

/** What a person allows, as it is stored: it opens for that person on that forge only. @throws Unsupported when the server has no key. */
export function sealGrant(sealer: Sealer, place: Place, grant: PersonalGrant): Pick<StoredAccount, 'sealed' | 'expiresAt'> {
  const { accessToken, refreshToken, expiresAt } = grant;
  return { sealed: sealer.seal(JSON.stringify({ accessToken, ...present({ refreshToken, expiresAt }) }), contextOf(place)), ...present({ expiresAt: endOf(grant) }) };
}

/** @throws Unsupported when it was sealed with another key. */
export function openGrant(sealer: Sealer, account: Place & Pick<StoredAccount, 'sealed'>): PersonalGrant {
  const { accessToken, refreshToken, expiresAt } = zGrant.parse(JSON.parse(sealer.open(account.sealed, contextOf(account))));
  return { accessToken, ...present({ refreshToken, expiresAt }) };
}

export function sealClientSecret(sealer: Sealer, credential: string, secret: string): string {
  return sealer.seal(secret, clientContext(credential));
}

/** @throws Unsupported when its secret was sealed with another key. */
export function openClient(sealer: Sealer, { credential, id, sealed }: StoredClient): OauthClient {
  return { id, ...(sealed !== undefined && { secret: sealer.open(sealed, clientContext(credential)) }) };
}

/** One that is renewed does not end by itself. */
function endOf({ refreshToken, expiresAt }: PersonalGrant): Instant | undefined {
  return refreshToken === undefined ? expiresAt : undefined;
}

function contextOf({ person, url }: Place): string {
  return `own account ${person} ${url}`;
}

function clientContext(credential: string): string {
  return `oauth client ${credential}`;
}
