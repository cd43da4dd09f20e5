import { Conflict, Forbidden, NotFound } from '@sluice/kernel';
import type { CommitSha, EnvironmentName, PersonName, RepositoryId } from '@sluice/kernel';
import type { Environment, Pipeline } from '@sluice/pipeline';
import type { DirectCommit, Mirror, Person } from '../ports/index.js';
import { authorsOf } from './collect-authors.js';
import type { LifecyclePorts } from './ports.js';
import { effectivePipeline } from '../rights/effective-roles.js';
import { permit } from '../rights/permit.js';
import type { Wanted } from '../rights/who-may.js';
import { acceptanceKey, unreviewedOf } from './unreviewed.js';

export interface Acceptance {
  readonly repository: RepositoryId;
  readonly environment: EnvironmentName;
  /** The newest commit that was looked at: with it, every one before it that waits is accepted. */
  readonly commit: CommitSha;
  readonly person: PersonName;
  readonly reason: string;
}

type Ports = Pick<LifecyclePorts, 'rights' | 'clock' | 'transactions' | 'repositories' | 'environments' | 'promotions' | 'people' | 'pushes' | 'mirrors' | 'memory' | 'events' | 'audit' | 'signals' | 'wakes'>;

const EVERYTHING = { include: ['**'], exclude: [] };
const MAX_COMMITS = 500;

/** A person takes the word for commits that somebody pushed past the promotions, where the environment holds them. */
export class AcceptDirect {
  constructor(private readonly ports: Ports) {}

  /** @returns what was accepted. @throws NotFound for an unknown environment; Conflict when the commit does not wait; Forbidden without the right, and for their authors. */
  async run(acceptance: Acceptance): Promise<readonly DirectCommit[]> {
    const { repository, environment: name, commit, person: who, reason } = acceptance;
    const { pipeline, environment } = await this.place(repository, name);
    const state = await this.ports.environments.state(repository, name);
    const waiting = state ? await unreviewedOf(this.ports, environment, state) : [];
    const index = waiting.findIndex((entry) => entry.commit === commit);
    if (index < 0) throw new Conflict(`${commit.slice(0, 10)} does not wait for a review in ${name}: look again`);
    const accepted = waiting.slice(0, index + 1);
    const person = await permit(this.ports, { action: 'accept-direct', ...concerned(pipeline, name, accepted), repository, pipeline, person: who, refusal: `you are not promoter in ${name} of everything that these commits change` });
    if (person.service) throw new Forbidden(`${who} is a service account: a person takes the word for what somebody pushed past the promotions`);
    await this.refuseAuthors(repository, person, accepted);
    await this.ports.transactions.run(async () => {
      for (const entry of accepted) await this.ports.memory.init(acceptanceKey(repository, name, entry.commit), who);
      await this.ports.events.append({ type: 'environment.accepted', repository, environment: name, message: `${who} accepted ${accepted.map((entry) => entry.commit.slice(0, 10)).join(', ')}${reason === '' ? '' : `: ${reason}`}`, by: who });
      await this.ports.wakes.wake({ kind: 'environment', repository, environment: name });
      await this.ports.audit.append({ action: 'environment.accept', by: who, place: { repository, environment: name }, after: { commits: accepted.map((entry) => entry.commit) }, why: reason });
    });
    this.ports.signals.publish('events');
    return accepted;
  }

  private async place(repository: RepositoryId, name: EnvironmentName): Promise<{ readonly pipeline: Pipeline; readonly environment: Environment }> {
    const pipeline = await effectivePipeline(this.ports, repository);
    const environment = pipeline?.environments.find((candidate) => candidate.name === name);
    if (!pipeline || !environment) throw new NotFound(`there is no environment ${name} in ${repository}`);
    return { pipeline, environment };
  }

  /** Nobody accepts what he wrote or pushed; somebody whom no address names could be anybody. */
  private async refuseAuthors(repository: RepositoryId, person: Person, accepted: readonly DirectCommit[]): Promise<void> {
    const mirror = await this.ports.mirrors.open(repository);
    for (const entry of accepted) {
      const brought = await commitsOf(mirror, entry);
      if (brought.length > MAX_COMMITS) throw new Forbidden(`${entry.commit.slice(0, 10)} brings more than ${MAX_COMMITS} commits: nobody can tell whether you are an author of one. Put the branch back, or push them in parts`);
      for (const author of await authorsOf(this.ports, repository, brought)) {
        if (author.person === person.name) throw new Forbidden(`you are an author of ${entry.commit.slice(0, 10)}: somebody else has to accept it`);
        if (author.person === undefined) throw new Forbidden(`${author.login === undefined ? `${author.email} wrote` : `${author.login} pushed`} ${entry.commit.slice(0, 10)} and belongs to nobody known: \`sluice people ${author.login === undefined ? 'address' : 'link'}\` makes it somebody's`);
      }
    }
  }
}

/** Also what a merge brought along. */
async function commitsOf(mirror: Mirror, { commit, parent }: DirectCommit): Promise<Awaited<ReturnType<Mirror['commitsBetween']>>> {
  await mirror.ensure(commit);
  const brought = await mirror.commitsBetween(parent, commit, EVERYTHING, MAX_COMMITS + 1);
  return brought.length > 0 ? brought : mirror.firstParent(commit, { limit: 1 });
}

/** Everything that the commits change; where that is no application's, any application is enough. */
function concerned(pipeline: Pipeline, environment: EnvironmentName, accepted: readonly DirectCommit[]): Pick<Wanted, 'places' | 'any'> {
  const touched = [...new Set(accepted.flatMap(({ applications }) => applications))];
  const places = (touched.length > 0 ? touched : pipeline.applications.map(({ name }) => name)).map((application) => ({ application, environment }));
  return { places, any: touched.length === 0 };
}
