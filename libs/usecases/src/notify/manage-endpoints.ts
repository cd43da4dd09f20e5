import { randomBytes } from 'node:crypto';
import { Conflict, InvalidInput, NotFound } from '@sluice/kernel';
import type { Clock } from '@sluice/kernel';
import type { AuditLog, NotificationEndpoint, NotificationEndpoints, Person, Sealer, Transactions } from '../ports/index.js';
import { openAccess, sealAccess, type SealedAccess } from './endpoint-access.js';

interface Ports {
  readonly clock: Clock;
  readonly transactions: Transactions;
  readonly notificationEndpoints: NotificationEndpoints;
  readonly audit: AuditLog;
  readonly sealer: Sealer;
}

/** What an endpoint was given: shown once. */
export interface NewSecret {
  readonly endpoint: NotificationEndpoint;
  /** `whsec_…`, as Standard Webhooks has it. */
  readonly secret: string;
}

/** For so long messages carry signatures by the secret before as well. */
const BOTH_FOR = 86_400_000;
const PREFIX = 'whsec_';
const BYTES = 32;

/** What admins do with webhooks. A secret is shown once, when it is made; an address is never shown again. */
export class ManageEndpoints {
  constructor(private readonly ports: Ports) {}

  list(): Promise<readonly NotificationEndpoint[]> {
    return this.ports.notificationEndpoints.list();
  }

  /** @throws Conflict when there is one of this name; InvalidInput for a secret that is none; Unsupported when the server has no key. */
  async add(wanted: { readonly name: string; readonly url: string; readonly secret?: string }, by: Person): Promise<NewSecret> {
    const { name, url } = wanted;
    if (await this.ports.notificationEndpoints.get(name)) throw new Conflict(`there is a webhook ${name} already: \`sluice notify endpoint rotate ${name}\` gives it another secret`);
    const secret = wanted.secret === undefined ? newSecret() : checkedSecret(wanted.secret);
    return { endpoint: await this.store(name, { url, secret }, { action: 'notify.endpoint.add', by }), secret: `${PREFIX}${secret}` };
  }

  /** From now on messages are signed with both, and after a day with the new secret only. @throws NotFound; Unsupported when the server has no key. */
  async rotate(name: string, by: Person): Promise<NewSecret> {
    const { url, secret: before } = openAccess(this.ports.sealer, await this.known(name));
    const secret = newSecret();
    return { endpoint: await this.store(name, { url, secret, before: { secret: before, until: this.ports.clock() + BOTH_FOR } }, { action: 'notify.endpoint.rotate', by }), secret: `${PREFIX}${secret}` };
  }

  /** @throws NotFound */
  async remove(name: string, by: Person): Promise<void> {
    const { host } = await this.known(name);
    await this.ports.transactions.run(async () => {
      await this.ports.notificationEndpoints.remove(name);
      await this.ports.audit.append({ action: 'notify.endpoint.remove', by: by.name, before: { name, host } });
    });
  }

  private async store(name: string, access: SealedAccess, { action, by }: { readonly action: string; readonly by: Person }): Promise<NotificationEndpoint> {
    const { host } = new URL(access.url);
    const endpoint: NotificationEndpoint = { name, host, sealed: sealAccess(this.ports.sealer, name, access), changedAt: this.ports.clock() };
    await this.ports.transactions.run(async () => {
      await this.ports.notificationEndpoints.save(endpoint);
      await this.ports.audit.append({ action, by: by.name, after: { name, host } });
    });
    return endpoint;
  }

  private async known(name: string): Promise<NotificationEndpoint> {
    const endpoint = await this.ports.notificationEndpoints.get(name);
    if (!endpoint) throw new NotFound(`the server has no webhook ${name}`);
    return endpoint;
  }
}

function newSecret(): string {
  return randomBytes(BYTES).toString('base64');
}

/** Standard Webhooks: from 24 to 64 bytes. */
function checkedSecret(text: string): string {
  const base64 = text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.toString('base64') !== base64 || bytes.length < 24 || bytes.length > 64) throw new InvalidInput('a secret is whsec_ and from 24 to 64 random bytes in base64; leave it out and one is made');
  return base64;
}
