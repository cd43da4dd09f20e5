import { Unsupported } from '@sluice/kernel';
import { z } from 'zod';
import type { NotificationEndpoint, Sealer, WebhookAccess } from '../ports/index.js';

/** `until`: from when on the secret before is not signed with any more. */
const zSealed = z.object({ url: z.string(), secret: z.string(), before: z.object({ secret: z.string(), until: z.number() }).optional() });
export type SealedAccess = z.output<typeof zSealed>;

/** @throws Unsupported when the server has no key. */
export function sealAccess(sealer: Sealer, name: string, access: SealedAccess): string {
  return sealer.seal(JSON.stringify(access), contextOf(name));
}

/** @throws Unsupported when it was sealed with another key. */
export function openAccess(sealer: Sealer, { name, sealed }: Pick<NotificationEndpoint, 'name' | 'sealed'>): SealedAccess {
  const parsed = zSealed.safeParse(JSON.parse(sealer.open(sealed, contextOf(name))));
  // what was wrong with it could quote it
  if (!parsed.success) throw new Unsupported(`what is stored of the webhook ${name} is of a kind that this version does not know: add it again`);
  return parsed.data;
}

/** The address, and the secrets that count now. */
export function accessAt({ url, secret, before }: SealedAccess, now: number): WebhookAccess {
  return { url, secrets: [secret, ...(before && now < before.until ? [before.secret] : [])] };
}

function contextOf(name: string): string {
  return `notification endpoint ${name}`;
}
