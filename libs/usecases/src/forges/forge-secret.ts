import { Unsupported } from '@sluice/kernel';
import { z } from 'zod';
import type { ForgeCredential, ForgeSecret, Sealer } from '../ports/index.js';

const zSecret: z.ZodType<ForgeSecret> = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('token'), token: z.string() }),
  z.object({ kind: z.literal('app'), appId: z.number(), privateKey: z.string(), installation: z.number().optional() }),
]);

/** A credential's secret as it is stored. @throws Unsupported when the server has no key. */
export function sealSecret(sealer: Sealer, name: string, secret: ForgeSecret): string {
  return sealer.seal(JSON.stringify(secret), contextOf(name));
}

/** @throws Unsupported when it was sealed with another key, or by a version that knows other secrets. */
export function openSecret(sealer: Sealer, { name, sealed }: Pick<ForgeCredential, 'name' | 'sealed'>): ForgeSecret {
  const parsed = zSecret.safeParse(JSON.parse(sealer.open(sealed, contextOf(name))));
  // what was wrong with it could quote it
  if (!parsed.success) throw new Unsupported(`the secret of credential ${name} is of a kind that this version does not know: store it again with \`sluice credential rotate ${name}\``);
  return parsed.data;
}

function contextOf(name: string): string {
  return `credential ${name}`;
}
