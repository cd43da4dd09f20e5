import { Body, Controller, Header, Inject, Param, Query } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { TestRunDto, TestRunList } from '@sluice/contracts';
import { present } from '@sluice/kernel';
import { ReadTestRuns, RunTestsAgain } from '@sluice/usecases';
import type { z } from 'zod';
import { SETTINGS } from '../compose/tokens.js';
import { Me, type PersonCaller } from '../http/caller.js';
import { Route } from '../http/route.js';
import type { Settings } from '../settings.js';
import { presentTestRun } from './present/test-run.js';

type OfRun = z.output<typeof API.testRun.params>;

/** What agents have run for test gates. */
@Controller()
export class TestRunsController {
  constructor(
    @Inject(ReadTestRuns) private readonly testRuns: ReadTestRuns,
    @Inject(RunTestsAgain) private readonly runAgain: RunTestsAgain,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  @Route(API.testRuns)
  async list(@Param({ schema: API.testRuns.params }) { repository }: z.output<typeof API.testRuns.params>, @Query({ schema: API.testRuns.query }) filter: z.output<typeof API.testRuns.query>): Promise<TestRunList> {
    const { application, environment, limit } = filter;
    const runs = await this.testRuns.list({ repository, limit, ...present({ application, environment }) });
    return { items: runs.map((run) => presentTestRun(run, this.settings.publicUrl)) };
  }

  @Route(API.rerunTests)
  async again(@Me() { person }: PersonCaller, @Param({ schema: API.rerunTests.params }) { repository }: z.output<typeof API.rerunTests.params>, @Body({ schema: API.rerunTests.body }) body: z.output<typeof API.rerunTests.body>): Promise<TestRunList> {
    const { application, environment, test, reason } = body;
    const runs = await this.runAgain.run({ repository, application, environment, reason, person: person.name, ...present({ test }) });
    return { items: runs.map((run) => presentTestRun(run, this.settings.publicUrl)) };
  }

  @Route(API.testRun)
  async one(@Param({ schema: API.testRun.params }) { repository, run }: OfRun): Promise<TestRunDto> {
    return presentTestRun(await this.testRuns.get(repository, run), this.settings.publicUrl);
  }

  /** Plain text that no browser takes for anything else. */
  @Route(API.testRunLog)
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('x-content-type-options', 'nosniff')
  log(@Param({ schema: API.testRunLog.params }) { repository, run }: OfRun): Promise<string> {
    return this.testRuns.log(repository, run);
  }
}
