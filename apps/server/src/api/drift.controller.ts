import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { CapturedDrift, DriftList } from '@sluice/contracts';
import { present } from '@sluice/kernel';
import { CaptureDrift, ReadDrift } from '@sluice/usecases';
import type { z } from 'zod';
import { Me, type PersonCaller } from '../http/caller.js';
import { Route } from '../http/route.js';
import { presentCapture, presentDrift } from './present/drift.js';

/** What differs in clusters from what was applied there. */
@Controller()
export class DriftController {
  constructor(
    @Inject(ReadDrift) private readonly readDrift: ReadDrift,
    @Inject(CaptureDrift) private readonly captureDrift: CaptureDrift,
  ) {}

  @Route(API.drift)
  async list(@Param({ schema: API.drift.params }) { repository }: z.output<typeof API.drift.params>, @Query({ schema: API.drift.query }) { environment, cluster }: z.output<typeof API.drift.query>): Promise<DriftList> {
    return presentDrift(await this.readDrift.run({ repository, ...present({ environment, cluster }) }));
  }

  @Route(API.captureDrift)
  async capture(@Me() { person }: PersonCaller, @Param({ schema: API.captureDrift.params }) { repository }: z.output<typeof API.captureDrift.params>, @Body({ schema: API.captureDrift.body }) wanted: z.output<typeof API.captureDrift.body>): Promise<CapturedDrift> {
    return presentCapture(await this.captureDrift.run({ repository, ...wanted, person: person.name }));
  }
}
