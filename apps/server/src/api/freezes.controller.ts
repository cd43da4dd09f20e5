import { Body, Controller, Inject, Param } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { FreezeDto, FreezeList } from '@sluice/contracts';
import { present } from '@sluice/kernel';
import { FreezeLanes, type FreezeEnd } from '@sluice/usecases';
import type { z } from 'zod';
import { Me, type PersonCaller } from '../http/caller.js';
import { Route } from '../http/route.js';
import { presentFreeze } from './present/freeze.js';

type InRepository = z.output<typeof API.freezes.params>;
type NewFreeze = z.output<typeof API.freeze.body>;

/** What people have stopped. */
@Controller()
export class FreezesController {
  constructor(@Inject(FreezeLanes) private readonly freezeLanes: FreezeLanes) {}

  @Route(API.freezes)
  async list(@Param({ schema: API.freezes.params }) { repository }: InRepository): Promise<FreezeList> {
    return { items: (await this.freezeLanes.list(repository)).map(presentFreeze) };
  }

  @Route(API.freeze)
  async freeze(@Me() { person }: PersonCaller, @Param({ schema: API.freeze.params }) { repository }: InRepository, @Body({ schema: API.freeze.body }) body: NewFreeze): Promise<FreezeDto> {
    const { environment, application, reason } = body;
    return presentFreeze(await this.freezeLanes.freeze({ repository, ...present({ environment, application }), reason, person: person.name, end: endOf(body) }));
  }

  @Route(API.liftFreezes)
  async lift(@Me() { person }: PersonCaller, @Param({ schema: API.liftFreezes.params }) { repository }: InRepository, @Body({ schema: API.liftFreezes.body }) body: z.output<typeof API.liftFreezes.body>): Promise<FreezeList> {
    const { environment, application, reason } = body;
    const lifted = await this.freezeLanes.lift({ repository, ...present({ environment, application }), reason, person: person.name });
    return { items: lifted.map(presentFreeze) };
  }
}

function endOf({ until, forSeconds }: NewFreeze): FreezeEnd {
  if (until !== undefined) return { until };
  return forSeconds === undefined ? { untilLifted: true } : { lasting: forSeconds * 1_000 };
}
