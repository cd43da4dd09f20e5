import { NotFound, Unauthenticated } from '@sluice/kernel';
import type { RepositoryId } from '@sluice/kernel';
import type { ForgeEvent, ForgeMemory, ForgeStore, LaneSubject, Promotions, Repositories, Repository, Sealer, WakeTarget, Wakes, WebhookDelivery } from '../ports/index.js';
import { hookContext } from './connect-repository.js';
import { changeKey, changesOf, OWN_LOGIN, reviewsKey, statusesKey } from './memory-keys.js';
import { hear } from './remembered.js';
import type { RemoteForges } from './remote-forges.js';

interface Ports {
  readonly forges: ForgeStore;
  readonly repositories: Pick<Repositories, 'get' | 'pipeline'>;
  readonly promotions: Pick<Promotions, 'lanesAbout'>;
  readonly wakes: Wakes;
  readonly sealer: Sealer;
}

/**
 * Takes what a forge says has happened: forgets what that may have changed, and has somebody look. Nothing that it says is believed, so a repeated, late or replayed delivery costs a look and
 * changes nothing. No call to the forge is made here.
 */
export class AcceptWebhook {
  constructor(
    private readonly ports: Ports,
    private readonly remotes: RemoteForges,
  ) {}

  /** @returns what it was about. @throws NotFound when there is no webhook for this repository; Unauthenticated when it is not signed with its secret; InvalidInput when it cannot be read. */
  async run(id: RepositoryId, delivery: WebhookDelivery): Promise<ForgeEvent['kind']> {
    const repository = await this.ports.repositories.get(id);
    const { remote } = repository ?? {};
    if (!repository || repository.forge === 'builtin' || !remote?.hook) throw new NotFound(`there is no webhook for ${id}`);
    const format = this.remotes.webhooks(repository.forge);
    if (!(await format.verify(delivery, this.ports.sealer.open(remote.hook, hookContext(id))))) throw new Unauthenticated('the delivery is not signed with the secret of this webhook');
    const { path, event } = format.read(delivery);
    // a repository that was renamed there keeps its webhook, and a group's tells of its other repositories too: what it says is not for this one, looking does no harm
    const isOurs = path === undefined || path.toLowerCase() === remote.path.toLowerCase();
    await (isOurs ? this.follow(repository, remote.credential, event) : this.ports.wakes.wake({ kind: 'repository', repository: id }));
    return event.kind;
  }

  private async follow({ id }: Repository, credential: string, event: ForgeEvent): Promise<void> {
    const memory = this.ports.forges.memory(credential);
    switch (event.kind) {
      case 'push':
        await this.ports.forges.notePushes(id, event.by, [...event.commits, ...(event.after ? [event.after] : [])]);
        if (event.ref.startsWith('refs/heads/sluice/') && !(await isOwn(memory, event.by))) await memory.forget(changesOf(id));
        return this.ports.wakes.wake({ kind: 'repository', repository: id });
      case 'request':
        // what Sluice has done itself it knows better than it could be told
        if (await isOwn(memory, event.by)) return undefined;
        if (event.about !== 'reviews') await hear(memory, changeKey(id, event.number));
        await hear(memory, reviewsKey(id, event.number));
        return this.wakeLanes(id, { change: event.number });
      case 'status':
        if (event.context !== undefined && !(await this.isAwaited(id, event.context))) return undefined;
        await hear(memory, statusesKey(id, event.commit));
        return this.wakeLanes(id, { source: event.commit });
      case 'nothing':
        return undefined;
    }
  }

  /**
   * Whether some gate waits for the check: a commit has dozens of others, each of which tells that it was ordered, has begun and has ended, and looking costs calls. A gate that has come to name it since is
   * looked at by the next sweep at the latest.
   */
  private async isAwaited(id: RepositoryId, context: string): Promise<boolean> {
    if (context.startsWith('sluice/')) return false;
    const environments = (await this.ports.repositories.pipeline(id))?.pipeline?.environments;
    return environments?.some(({ gates }) => gates.some((gate) => gate.type === 'check' && gate.context === context)) ?? true;
  }

  private async wakeLanes(repository: RepositoryId, about: LaneSubject): Promise<void> {
    const targets = (await this.ports.promotions.lanesAbout(repository, about)).map((lane): WakeTarget => ({ kind: 'lane', ...lane }));
    if (targets.length > 0) await this.ports.wakes.wake(...targets);
  }
}

async function isOwn(memory: ForgeMemory, login: string | undefined): Promise<boolean> {
  return login !== undefined && (await memory.get(OWN_LOGIN))?.toLowerCase() === login.toLowerCase();
}
