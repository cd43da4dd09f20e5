import { Conflict } from '@sluice/kernel';
import type { Clock, RepositoryId } from '@sluice/kernel';
import type { EventLog, MergeMethod, Person, Repositories, Repository, Wakes } from '../ports/index.js';

/** Where the built-in forge keeps repositories. */
export interface RepositoryHost {
  /** Makes an empty repository. @throws Conflict when there is one of this name. */
  create(repository: RepositoryId, made: { readonly defaultBranch: string; readonly mergeMethod: MergeMethod }): Promise<void>;
}

/** Makes a repository in the built-in forge and takes it under Sluice. */
export class CreateRepository {
  constructor(
    private readonly ports: { readonly host: RepositoryHost; readonly repositories: Repositories; readonly events: EventLog; readonly wakes: Wakes },
    private readonly clock: Clock,
  ) {}

  /** @throws Conflict when there is one of this name; InvalidInput when the branch cannot have this name. */
  async run(wanted: { readonly id: RepositoryId; readonly configBranch: string; readonly mergeMethod: MergeMethod }, by: Person): Promise<Repository> {
    const { id, configBranch, mergeMethod } = wanted;
    if (await this.ports.repositories.get(id)) throw new Conflict(`there is a repository ${id} already`);
    await this.createOnDisk(id, { defaultBranch: configBranch, mergeMethod });
    const repository: Repository = { id, forge: 'builtin', configBranch, createdAt: this.clock() };
    await this.ports.repositories.add(repository);
    await this.ports.events.append({ type: 'repository.created', repository: id, message: `${by.name} made the repository ${id}`, by: by.name });
    await this.ports.wakes.wake({ kind: 'repository', repository: id });
    return repository;
  }

  /** A repository on disk that the database does not know was left by a process that died in between: it is taken over as it is. */
  private async createOnDisk(id: RepositoryId, made: Parameters<RepositoryHost['create']>[1]): Promise<void> {
    try {
      await this.ports.host.create(id, made);
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
    }
  }
}
