import { Conflict, NotFound } from '@sluice/kernel';
import type { ApplicationName, EnvironmentName, PersonName, RepositoryId } from '@sluice/kernel';
import type { Pipeline } from '@sluice/pipeline';
import { lanesOut } from '../fleet/new-liveness.js';
import { assignmentTopic } from '../fleet/read-assignment.js';
import type { TestRun } from '../ports/index.js';
import type { LifecyclePorts } from './ports.js';
import { effectivePipeline } from '../rights/effective-roles.js';
import { permit } from '../rights/permit.js';

type Ports = Pick<LifecyclePorts, 'rights' | 'clock' | 'transactions' | 'repositories' | 'people' | 'testRuns' | 'wakes' | 'events' | 'audit' | 'signals'>;

export interface TestsAgain {
  readonly repository: RepositoryId;
  readonly application: ApplicationName;
  /** Where they are run. */
  readonly environment: EnvironmentName;
  /** Absent: every test whose newest run has failed. */
  readonly test?: string;
  readonly reason: string;
  readonly person: PersonName;
}

/** Enough to have the newest run of every test of an application in it. */
const RECENT = 200;

/** Somebody has tests run again that have failed, on the same content. What has passed stays so: a test is run again to see whether it fails by itself, not until it suits. */
export class RunTestsAgain {
  constructor(private readonly ports: Ports) {}

  /** @throws NotFound when nothing was run; Forbidden; Conflict when nothing of it has failed. */
  async run(wanted: TestsAgain): Promise<readonly TestRun[]> {
    const pipeline = await this.permitted(wanted);
    const newest = await this.newestOf(wanted);
    if (newest.length === 0) throw new NotFound(`no ${wanted.test === undefined ? 'test' : `test ${wanted.test}`} was run for ${wanted.application} in ${wanted.environment}`);
    const failed = newest.filter(({ state }) => state === 'failed');
    if (failed.length === 0) throw new Conflict(`nothing to run again: ${newest.map(({ test, state }) => `${test.name} is ${state}`).join(', ')}`);
    const again = failed.map((run) => runAgain(run, wanted.person, this.ports.clock()));
    await this.store(wanted, pipeline, again);
    return again;
  }

  private async permitted({ repository, application, environment, person: name }: TestsAgain): Promise<Pipeline> {
    const pipeline = await effectivePipeline(this.ports, repository);
    if (!pipeline) throw new NotFound(`there is no pipeline in repository ${repository}`);
    if (!pipeline.applications.some((one) => one.name === application)) throw new NotFound(`there is no application ${application}`);
    if (!pipeline.environments.some((one) => one.name === environment)) throw new NotFound(`there is no environment ${environment}`);
    const places = pipeline.environments.filter(({ from }) => from.includes(environment)).map((behind) => ({ application, environment: behind.name }));
    await permit(this.ports, { action: 'run-tests', places, any: true, repository, pipeline, person: name, refusal: `only a promoter of ${application} into an environment behind ${environment} has its tests run again` });
    return pipeline;
  }

  private async newestOf({ repository, application, environment, test }: TestsAgain): Promise<readonly TestRun[]> {
    const runs = await this.ports.testRuns.list({ repository, application, environment, limit: RECENT });
    const newest = new Map<string, TestRun>();
    for (const run of runs) if (!newest.has(run.test.name)) newest.set(run.test.name, run);
    return [...newest.values()].filter((run) => test === undefined || run.test.name === test);
  }

  private async store({ repository, application, environment, person, reason }: TestsAgain, pipeline: Pipeline, again: readonly TestRun[]): Promise<void> {
    await this.ports.transactions.run(async () => {
      for (const run of again) {
        if (!(await this.ports.testRuns.order(run))) throw new Conflict(`${run.test.name} is being run again already`);
        await this.ports.events.append({ type: 'test.ordered', repository, environment, application, message: `${person} has ${run.test.name} run again${reason === '' ? '' : `: ${reason}`}`, by: person });
      }
      await this.ports.wakes.wake(...lanesOut({ repository, environment }, pipeline, [{ application }]));
      await this.ports.audit.append({ action: 'test.rerun', by: person, place: { repository, environment, application }, after: { runs: again.map(({ id }) => id), tests: again.map(({ test }) => test.name) }, why: reason });
    });
    this.ports.signals.publish(assignmentTopic({ repository, environment }));
    this.ports.signals.publish('events');
  }
}

function runAgain({ id, subject, number, repository, environment, application, commit, touched, test }: TestRun, person: PersonName, now: TestRun['orderedAt']): TestRun {
  const next = number + 1;
  return { id: id.replace(/-\d+$/, `-${next}`), subject, number: next, repository, environment, application, commit, ...(touched !== undefined && { touched }), test, state: 'ordered', orderedAt: now, orderedBy: person, take: 0, lost: 0, message: '', version: 1 };
}
