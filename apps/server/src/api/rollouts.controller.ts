import { Body, Controller, Inject, Param } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { RolloutDto } from '@sluice/contracts';
import { ControlRollout, ReadRollout, type RolloutWanted } from '@sluice/usecases';
import type { z } from 'zod';
import { Me, type PersonCaller } from '../http/caller.js';
import { Route } from '../http/route.js';
import { presentRollout } from './present/rollout.js';

type Where = z.output<typeof API.rollout.params>;
type Order = z.output<typeof API.pauseRollout.body>;

/** What goes through the waves of an environment. */
@Controller()
export class RolloutsController {
  constructor(
    @Inject(ReadRollout) private readonly rollouts: ReadRollout,
    @Inject(ControlRollout) private readonly control: ControlRollout,
  ) {}

  @Route(API.rollout)
  async one(@Param({ schema: API.rollout.params }) where: Where): Promise<RolloutDto> {
    return this.show(where);
  }

  @Route(API.pauseRollout)
  async pause(@Me() caller: PersonCaller, @Param({ schema: API.pauseRollout.params }) where: Where, @Body({ schema: API.pauseRollout.body }) order: Order): Promise<RolloutDto> {
    await this.control.pause(wanted(caller, where, order));
    return this.show(where);
  }

  @Route(API.continueRollout)
  async continue(@Me() caller: PersonCaller, @Param({ schema: API.continueRollout.params }) where: Where, @Body({ schema: API.continueRollout.body }) order: Order): Promise<RolloutDto> {
    await this.control.continue(wanted(caller, where, order));
    return this.show(where);
  }

  @Route(API.abortRollout)
  async abort(@Me() caller: PersonCaller, @Param({ schema: API.abortRollout.params }) where: Where, @Body({ schema: API.abortRollout.body }) order: Order): Promise<z.input<typeof API.abortRollout.reply>> {
    const { ordered, impossible } = await this.control.abort(wanted(caller, where, order));
    return { ...(await this.show(where)), undoes: [...ordered], impossible: [...impossible] };
  }

  private async show({ repository, environment }: Where): Promise<RolloutDto> {
    return presentRollout(await this.rollouts.run(repository, environment));
  }
}

function wanted({ person }: PersonCaller, where: Where, { reason }: Order): RolloutWanted {
  return { ...where, reason, person: person.name };
}
