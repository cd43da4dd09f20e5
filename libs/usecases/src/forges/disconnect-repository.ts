import { Conflict, messageOf, NotFound, SluiceError, type RepositoryId } from '@sluice/kernel';
import { isCurrent, transition, type Promotion } from '@sluice/promotion';
import { wakeKey, type Person, type Repository } from '../ports/index.js';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import { hookUrl } from './connect-repository.js';
import type { RemoteForges } from './remote-forges.js';

export interface DisconnectWanted {
  readonly id: RepositoryId;
  /** Also while promotions are open: they end here, and their requests stay open there. */
  readonly abandon: boolean;
}

type Ports = Pick<LifecyclePorts, 'repositories' | 'promotions' | 'outbox' | 'transactions' | 'events' | 'audit' | 'clock'> & { readonly settings: { readonly publicUrl: string } };

/** Open promotions that are named to whoever wants to leave them. */
const NAMED = 5;
const PAGE = 100;

/**
 * Takes a repository on a forge over the network away from Sluice. What happened in it stays in the record; in its branches and requests nothing is changed. The agents of its environments keep what they
 * run. Connecting it again reads the rest from git and the forge.
 */
export class DisconnectRepository {
  constructor(
    private readonly ports: Ports,
    private readonly remotes: RemoteForges,
  ) {}

  /** @returns what is left to be done by hand. @throws NotFound; Conflict for a repository of the built-in forge, and while promotions are open unless they are to be abandoned. */
  async run({ id, abandon }: DisconnectWanted, by: Person): Promise<readonly string[]> {
    const repository = await this.ports.repositories.get(id);
    if (!repository) throw new NotFound(`there is no repository ${id}`);
    if (!repository.remote) throw new Conflict(`${id} is a repository of the built-in forge: it is not connected, and Sluice does not delete repositories`);
    const open = await this.open(id);
    if (open.length > 0 && !abandon) throw new Conflict(refusal(id, open));
    const notes = await this.unhook(repository);
    // from here on no worker begins anything with it
    const { credential, path } = repository.remote;
    await this.ports.transactions.run(async () => {
      await this.ports.repositories.remove(id);
      await this.ports.audit.append({ action: 'repository.disconnect', by: by.name, place: { repository: id }, before: { forge: repository.forge, credential, path }, after: { abandoned: open.map((promotion) => promotion.id) } });
    });
    for (const promotion of await this.open(id)) await this.end(promotion, by);
    for (const lane of await this.ports.promotions.lanes(id)) await this.drop(wakeKey({ kind: 'lane', repository: id, application: lane.application, target: lane.target }));
    const left = open.map(({ change }) => change?.url).filter((url) => url !== undefined);
    await this.ports.events.append({ type: 'repository.disconnected', repository: id, message: `${by.name} disconnected ${id} from ${repository.remote.path}`, by: by.name });
    return [...notes, ...(left.length > 0 ? [`these requests stay open there: ${left.join(', ')}`] : [])];
  }

  private async open(repository: RepositoryId): Promise<readonly Promotion[]> {
    const open: Promotion[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await this.ports.promotions.list({ repository, states: ['open', 'ready', 'merging'], limit: PAGE, ...(cursor !== undefined && { cursor }) });
      open.push(...page.items);
      if (page.next === undefined) return open;
      cursor = page.next;
    }
  }

  /** Whatever the forge says: a credential that does not work any more is a reason to disconnect. */
  private async unhook(repository: Repository): Promise<readonly string[]> {
    if (repository.remote?.hook === undefined) return [];
    const url = hookUrl(this.ports.settings.publicUrl, repository.id);
    try {
      await (await this.remotes.of(repository)).unhook(repository.id, url);
      return [];
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      return [`the webhook to ${url} could not be removed (${messageOf(error)}): remove it there by hand`];
    }
  }

  /** A worker may be about to store it: then it is read again. */
  private async end({ repository, id }: Promotion, by: Person): Promise<void> {
    const promotion = await this.ports.promotions.get(repository, id);
    if (!promotion || !isCurrent(promotion)) return;
    try {
      await this.ports.promotions.update(transition(promotion, { kind: 'superseded', message: `${by.name} disconnected the repository` }, this.ports.clock()));
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      await this.end(promotion, by);
    }
  }

  /** What was still to be done on the forge is done no more, also not when it is connected again. */
  private async drop(key: string): Promise<void> {
    for (;;) {
      const entries = await this.ports.outbox.pending(key, PAGE);
      if (entries.length === 0) return;
      for (const { id } of entries) await this.ports.outbox.done(id);
    }
  }
}

function refusal(id: RepositoryId, open: readonly Promotion[]): string {
  const named = open.slice(0, NAMED).map(({ application, target }) => `${application} to ${target}`);
  const more = open.length > NAMED ? ` and ${open.length - NAMED} more` : '';
  return `promotions are open in ${id} (${named.join(', ')}${more}): finish or close them, or say \`--abandon\`, which leaves their requests open on the forge`;
}
