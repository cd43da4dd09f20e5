import type { RepositoryId, Turns } from '@sluice/kernel';
import { ChangeStore } from './change-store.js';
import type { RecordStore } from './record-store.js';
import type { RepositoryFolder } from './repository-folder.js';

/** The change requests of every repository here. */
export class ChangeStores {
  private readonly stores = new WeakMap<RecordStore, ChangeStore>();

  constructor(
    private readonly repositories: RepositoryFolder,
    private readonly turns: Turns,
  ) {}

  /** @throws NotFound when there is no such repository. */
  async of(repository: RepositoryId): Promise<ChangeStore> {
    const records = await this.repositories.open(repository);
    const store = this.stores.get(records) ?? new ChangeStore(records, this.turns);
    this.stores.set(records, store);
    return store;
  }

  /** Runs what changes one request after what changed it before. */
  async changing<T>(repository: RepositoryId, number: number, task: () => Promise<T>): Promise<T> {
    return this.turns.take(`${repository} change ${number}`, task);
  }
}
