import { NotFound } from '@sluice/kernel';
import type { RepositoryId } from '@sluice/kernel';
import type { Repositories, TestRun, TestRuns } from '../ports/index.js';

/** What was run, and what it has written. */
export class ReadTestRuns {
  constructor(
    private readonly testRuns: TestRuns,
    private readonly repositories: Repositories,
  ) {}

  /** @throws NotFound */
  async list(filter: Parameters<TestRuns['list']>[0]): Promise<readonly TestRun[]> {
    if (!(await this.repositories.get(filter.repository))) throw new NotFound(`there is no repository ${filter.repository}`);
    return this.testRuns.list(filter);
  }

  /** @throws NotFound */
  async get(repository: RepositoryId, id: string): Promise<TestRun> {
    const run = await this.testRuns.get(repository, id);
    if (!run) throw new NotFound(`there is no test run ${id} in ${repository} (the oldest are forgotten)`);
    return run;
  }

  /** @throws NotFound */
  async log(repository: RepositoryId, id: string): Promise<string> {
    await this.get(repository, id);
    return (await this.testRuns.output(repository, id)) ?? '';
  }
}
