import { Controller, Inject, Param, Query } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { DriftList } from '@sluice/contracts';
import { present } from '@sluice/kernel';
import { ReadDrift } from '@sluice/usecases';
import type { z } from 'zod';
import { Route } from '../http/route.js';
import { presentDrift } from './present/drift.js';

/** What differs in clusters from what was applied there. */
@Controller()
export class DriftController {
  constructor(@Inject(ReadDrift) private readonly readDrift: ReadDrift) {}

  @Route(API.drift)
  async list(@Param({ schema: API.drift.params }) { repository }: z.output<typeof API.drift.params>, @Query({ schema: API.drift.query }) { environment, cluster }: z.output<typeof API.drift.query>): Promise<DriftList> {
    return presentDrift(await this.readDrift.run({ repository, ...present({ environment, cluster }) }));
  }
}
