import type { RepositoryId } from '@sluice/kernel';
import type { NotificationEndpoints, Repositories } from '../ports/index.js';
import { reachability, type NotifySettings } from './default-targets.js';
import { problemsIn } from './problems-in.js';

/** What the pipeline files name and the server does not have, for whoever asks why nothing is heard. */
export class ExplainNotifications {
  constructor(
    private readonly ports: { readonly repositories: Pick<Repositories, 'list' | 'pipeline'>; readonly notificationEndpoints: Pick<NotificationEndpoints, 'list'> },
    private readonly settings: Pick<NotifySettings, 'hasMail'>,
  ) {}

  async run(repository?: RepositoryId): Promise<readonly { readonly repository: RepositoryId; readonly message: string }[]> {
    const problems = await problemsIn(this.ports, await reachability(this.ports, this.settings), repository);
    return problems.map(({ repository: id, target, message }) => ({ repository: id, message: `nobody is told by ${target}: ${message}` }));
  }
}
