import { Conflict } from '@sluice/kernel';
import type { Clock, RepositoryId } from '@sluice/kernel';
import type { AuditLog, EventLog, MergeMethod, Person, Repositories, Repository, Transactions, Wakes } from '../ports/index.js';

/** Where the built-in forge keeps repositories. */
export interface RepositoryHost {
  /** Makes an empty repository. @throws Conflict when there is one of this name. */
  create(repository: RepositoryId, made: { readonly defaultBranch: string; readonly mergeMethod: MergeMethod }): Promise<void>;
  /** What there is on disk, by name. */
  list(): Promise<readonly { readonly id: RepositoryId; readonly defaultBranch: string }[]>;
}

/** Makes a repository in the built-in forge and takes it under Sluice. */
export class CreateRepository {
  constructor(
    private readonly ports: { readonly host: RepositoryHost; readonly repositories: Repositories; readonly transactions: Transactions; readonly events: EventLog; readonly audit: AuditLog; readonly wakes: Wakes },
    private readonly clock: Clock,
    private readonly rebuild: { run(repository: RepositoryId): Promise<unknown> },
  ) {}

  /** @throws Conflict when there is one of this name; InvalidInput when the branch cannot have this name. */
  async run(wanted: { readonly id: RepositoryId; readonly configBranch: string; readonly mergeMethod: MergeMethod }, by: Person): Promise<Repository> {
    const { id, configBranch, mergeMethod } = wanted;
    if (await this.ports.repositories.get(id)) throw new Conflict(`there is a repository ${id} already`);
    const found = await this.foundOnDisk(id, { defaultBranch: configBranch, mergeMethod });
    const repository: Repository = { id, forge: 'builtin', configBranch, createdAt: this.clock() };
    await this.ports.transactions.run(async () => {
      await this.ports.repositories.add(repository);
      await this.ports.events.append({ type: 'repository.created', repository: id, message: `${by.name} made the repository ${id}`, by: by.name });
      await this.ports.audit.append({ action: 'repository.create', by: by.name, place: { repository: id }, after: { forge: 'builtin', configBranch, mergeMethod, takenOver: found } });
    });
    // before anybody looks at it: what was open or closed is not to be begun again
    if (found) await this.rebuild.run(id);
    await this.ports.wakes.wake({ kind: 'repository', repository: id });
    return repository;
  }

  /** A repository on disk that the database does not know was left by a process that died in between, or has outlived its database: it is taken over as it is. */
  private async foundOnDisk(id: RepositoryId, made: Parameters<RepositoryHost['create']>[1]): Promise<boolean> {
    try {
      await this.ports.host.create(id, made);
      return false;
    } catch (error) {
      if (error instanceof Conflict) return true;
      throw error;
    }
  }
}
