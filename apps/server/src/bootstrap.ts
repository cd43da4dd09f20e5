import { randomUUID } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { newPerson } from '@sluice/contracts';
import { InvalidInput, messageOf } from '@sluice/kernel';
import { hashSecret } from '@sluice/usecases';
import { z } from 'zod';
import type { Ports } from './compose/ports.js';

const bootstrap = z.object({
  admin: newPerson.omit({ admin: true, service: true }),
  /** The secret of an API token, at least 256 bits of randomness; stored as a hash. */
  adminToken: z.string().min(32).max(200),
});

/**
 * Makes the first administrator and their API token, from a file that only its owner can read: what nobody can do over the API, because nobody can sign in yet. Everything else is done over it.
 * Doing it again changes nothing, also nothing that an admin has changed since.
 * @throws InvalidInput when the file is not right, or readable by others.
 */
export async function applyBootstrap(file: string | undefined, ports: Pick<Ports, 'people' | 'transactions' | 'audit'>): Promise<void> {
  if (file === undefined) return;
  const { admin, adminToken } = await readBootstrap(file);
  const { people, transactions, audit } = ports;
  await transactions.run(async () => {
    const why = 'the file that SLUICE_BOOTSTRAP names';
    const known = await people.get(admin.name);
    // whom another admin has deactivated does not come back by a file that is still there
    if (known?.deactivated) return;
    if (!known) {
      await people.save({ ...admin, admin: true });
      await audit.append({ action: 'person.save', place: { person: admin.name }, after: { displayName: admin.displayName, emails: admin.emails, groups: admin.groups, admin: true }, why });
    }
    if (await people.byCredential(hashSecret(adminToken), 'token')) return;
    const credential = { id: randomUUID(), kind: 'token', person: admin.name, label: 'bootstrap' } as const;
    await people.addCredential(hashSecret(adminToken), credential);
    await audit.append({ action: 'token.create', place: { person: admin.name }, after: { id: credential.id, kind: 'token', label: credential.label }, why });
  });
}

async function readBootstrap(file: string): Promise<z.output<typeof bootstrap>> {
  const { mode } = await stat(file).catch((cause: unknown) => refuse(file, messageOf(cause)));
  if ((mode & 0o077) !== 0) return refuse(file, 'others can read it: chmod 600');
  const parsed = bootstrap.safeParse(parseJson(file, await readFile(file, 'utf8')));
  if (!parsed.success) return refuse(file, parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  return parsed.data;
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // the parser's message quotes the text, which holds a secret
    return refuse(file, 'it is not JSON');
  }
}

function refuse(file: string, why: string): never {
  throw new InvalidInput(`SLUICE_BOOTSTRAP ${file}: ${why}`);
}
