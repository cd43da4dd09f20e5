import { NotFound, applicationName, present } from '@sluice/kernel';
import type { ApplicationName, EnvironmentName, RepositoryId } from '@sluice/kernel';
import { backflowBranch } from '@sluice/promotion';
import type { TargetOnly } from '@sluice/promotion';
import type { ChangeRequest, ChangeRequests, EnvironmentIndex, EnvironmentState, Repositories } from '../ports/index.js';
import { missingName } from './read-why.js';

export interface BackflowView extends TargetOnly {
  readonly environment: EnvironmentName;
  readonly application: ApplicationName;
  /** The newest request that returns or returned it. */
  readonly request?: ChangeRequest;
  readonly message: string;
}

interface Ports {
  readonly repositories: Repositories;
  readonly environments: EnvironmentIndex;
  readonly changes: ChangeRequests;
}

interface Asked {
  readonly repository: RepositoryId;
  readonly application?: ApplicationName;
  readonly environment?: EnvironmentName;
}

/** What environments have that was not promoted to them, and the requests that return it. */
export class ReadBackflow {
  constructor(private readonly ports: Ports) {}

  /** @throws NotFound when the repository, application or environment that was asked for does not exist. */
  async run({ repository, application, environment }: Asked): Promise<readonly BackflowView[]> {
    if (!(await this.ports.repositories.get(repository))) throw new NotFound(`there is no repository ${repository}`);
    const record = await this.ports.repositories.pipeline(repository);
    const missing = missingName(record, { ...present({ application, environment }) });
    if (missing !== undefined) throw new NotFound(missing);
    const states = await this.ports.environments.states(repository);
    const order = record?.pipeline?.environments.map(({ name }) => name) ?? [];
    const shown = order.filter((name) => environment === undefined || name === environment).flatMap((name) => states.filter((state) => state.environment === name));
    const views = shown.flatMap((state) => this.viewsOf(state, application));
    return Promise.all(views);
  }

  private viewsOf({ repository, environment, targetOnly = {} }: EnvironmentState, asked: ApplicationName | undefined): readonly Promise<BackflowView>[] {
    const found = Object.entries(targetOnly).filter(([application]) => asked === undefined || application === asked);
    return found.map(async ([name, own]) => {
      const application = applicationName(name);
      const [request] = await this.ports.changes.list(repository, { sourceBranch: backflowBranch({ first: own.first, application, environment }), limit: 1 });
      return { ...own, environment, application, ...present({ request }), message: sentence(own.first, request) };
    });
  }
}

function sentence(first: EnvironmentName, request: ChangeRequest | undefined): string {
  if (!request) return `nothing is to be returned: ${first} has it already, or was not looked at yet`;
  switch (request.state) {
    case 'open':
      return request.draft ? `request ${request.number} waits for somebody who resolves its conflicts with ${first}` : `request ${request.number} waits for somebody who merges it in ${first}`;
    case 'merged':
      return `was returned to ${first} by request ${request.number}; it is shown until it has come back by promotion`;
    case 'closed':
      return `${request.closedBy ?? 'somebody'} closed request ${request.number}: not asked again before these changes are others`;
  }
}
