import { Conflict, NotFound } from '@sluice/kernel';
import type { CommitSha, EnvironmentName, PersonName, RepositoryId } from '@sluice/kernel';
import type { LifecyclePorts } from './ports.js';
import { effectivePipeline } from '../rights/effective-roles.js';
import { permit } from '../rights/permit.js';

type Ports = Pick<LifecyclePorts, 'clock' | 'repositories' | 'rights' | 'environments' | 'mirrors' | 'people' | 'events' | 'audit' | 'wakes' | 'signals'>;

export interface RestoreOrder {
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  readonly person: PersonName;
  readonly reason: string;
}

/** Puts an environment's branch back that somebody, or a forge after a merge, has deleted. Never by itself: it may have been meant. */
export class RestoreEnvironment {
  constructor(private readonly ports: Ports) {}

  /** @returns the commit that the branch is at again: the last one that was seen there. @throws NotFound; Conflict when the branch is there; Forbidden. */
  async run({ repository, environment: name, person: who, reason }: RestoreOrder): Promise<{ readonly branch: string; readonly commit: CommitSha }> {
    const pipeline = await effectivePipeline(this.ports, repository);
    const environment = pipeline?.environments.find((candidate) => candidate.name === name);
    if (!pipeline || !environment) throw new NotFound(`there is no environment ${name} in ${repository}`);
    const places = pipeline.applications.map((application) => ({ application: application.name, environment: name }));
    await permit(this.ports, { action: 'restore', places, repository, pipeline, person: who, refusal: `you are not promoter of everything in ${name}` });
    const [last] = await this.ports.environments.commits(repository, name, { limit: 1 });
    if (!last) throw new NotFound(`branch ${environment.branch} was never seen: push it`);
    const mirror = await this.ports.mirrors.open(repository);
    if ((await mirror.restore(environment.branch, last.commit)) === 'stale') throw new Conflict(`branch ${environment.branch} is there: look again`);
    await this.ports.events.append({ type: 'environment.restored', repository, environment: name, message: `${who} put branch ${environment.branch} back at ${last.commit.slice(0, 10)}${reason === '' ? '' : `: ${reason}`}`, by: who });
    await this.ports.audit.append({ action: 'environment.restore', by: who, place: { repository, environment: name }, after: { branch: environment.branch, commit: last.commit }, why: reason });
    await this.ports.wakes.wake({ kind: 'repository', repository });
    this.ports.signals.publish('events');
    return { branch: environment.branch, commit: last.commit };
  }
}
