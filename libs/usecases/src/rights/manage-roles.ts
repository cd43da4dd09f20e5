import { randomUUID } from 'node:crypto';
import type { AuditPlace } from '@sluice/audit';
import { NotFound } from '@sluice/kernel';
import type { PersonName } from '@sluice/kernel';
import { formatPrincipal } from '@sluice/pipeline';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import { wakeOpen } from '../lifecycle/wake-open.js';
import type { ServerBinding } from '../ports/index.js';

type Ports = Pick<LifecyclePorts, 'clock' | 'rights' | 'people' | 'transactions' | 'events' | 'audit' | 'promotions' | 'wakes' | 'signals'>;

/** Roles of the server's settings: admins give and take them. */
export class ManageRoles {
  constructor(private readonly ports: Ports) {}

  list(): Promise<readonly ServerBinding[]> {
    return this.ports.rights.bindings();
  }

  /** @throws NotFound for a person that there is not. */
  async grant({ by, ...given }: Omit<ServerBinding, 'id' | 'at' | 'by'> & { readonly by: PersonName }): Promise<ServerBinding> {
    const { who } = given;
    if (who.kind === 'person' && !(await this.ports.people.list()).some(({ name }) => name === who.name)) throw new NotFound(`there is no person ${who.name}`);
    const binding: ServerBinding = { ...given, id: randomUUID().slice(0, 8), by, at: this.ports.clock() };
    await this.ports.transactions.run(async () => {
      await this.ports.rights.bind(binding);
      await this.ports.events.append({ type: 'role.granted', message: `${by} made ${sayBinding(binding)}: ${binding.reason}`, by });
      await this.ports.audit.append({ action: 'role.grant', by, place: placeOf(binding), after: { id: binding.id, binding: sayBinding(binding) }, why: binding.reason });
      await wakeOpen(this.ports);
    });
    this.ports.signals.publish('events');
    return binding;
  }

  /** @throws NotFound when there is none of this id. */
  async revoke(id: string, order: { readonly by: PersonName }): Promise<void> {
    const binding = (await this.ports.rights.bindings()).find((one) => one.id === id);
    if (!binding) throw new NotFound(`there is no role ${id}: \`sluice roles\` lists them`);
    await this.ports.transactions.run(async () => {
      await this.ports.rights.unbind(id);
      await this.ports.events.append({ type: 'role.revoked', message: `${order.by} took back: ${sayBinding(binding)}`, by: order.by });
      await this.ports.audit.append({ action: 'role.revoke', by: order.by, place: placeOf(binding), before: { id, binding: sayBinding(binding) } });
      await wakeOpen(this.ports);
    });
    this.ports.signals.publish('events');
  }
}

function placeOf({ who }: ServerBinding): AuditPlace {
  return who.kind === 'person' ? { person: who.name } : {};
}

function sayBinding({ role, who, repositories, application, environment }: ServerBinding): string {
  return `${formatPrincipal(who)} ${role} of ${application} in ${environment} (${repositories})`;
}
