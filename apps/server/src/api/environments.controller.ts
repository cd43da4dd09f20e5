import { Body, Controller, Inject, Param } from '@nestjs/common';
import { API } from '@sluice/contracts';
import { RestoreEnvironment } from '@sluice/usecases';
import type { z } from 'zod';
import { Me, type PersonCaller } from '../http/caller.js';
import { Route } from '../http/route.js';

/** What people do with the branch of an environment. */
@Controller()
export class EnvironmentsController {
  constructor(@Inject(RestoreEnvironment) private readonly restoreEnvironment: RestoreEnvironment) {}

  @Route(API.restoreEnvironment)
  async restore(
    @Me() { person }: PersonCaller,
    @Param({ schema: API.restoreEnvironment.params }) { repository, environment }: z.output<typeof API.restoreEnvironment.params>,
    @Body({ schema: API.restoreEnvironment.body }) { reason }: z.output<typeof API.restoreEnvironment.body>,
  ): Promise<z.output<typeof API.restoreEnvironment.reply>> {
    return this.restoreEnvironment.run({ repository, environment, person: person.name, reason });
  }
}
