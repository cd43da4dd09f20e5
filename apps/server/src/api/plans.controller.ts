import { Body, Controller, Inject } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { ContentPlanDto, Plan } from '@sluice/contracts';
import { present } from '@sluice/kernel';
import { PlanContent, PlanPromotions } from '@sluice/usecases';
import type { z } from 'zod';
import { Route } from '../http/route.js';
import { presentPlanItem } from './present/plan.js';

@Controller()
export class PlansController {
  constructor(
    @Inject(PlanPromotions) private readonly planPromotions: PlanPromotions,
    @Inject(PlanContent) private readonly planContent: PlanContent,
  ) {}

  @Route(API.plan)
  async plan(@Body({ schema: API.plan.body }) { repository, revision, application, environment, at }: z.output<typeof API.plan.body>): Promise<Plan> {
    const items = await this.planPromotions.run({ repository, ...present({ revision, application, environment, at }) });
    return { items: items.map(presentPlanItem) };
  }

  @Route(API.planKnown)
  async known(@Body({ schema: API.planKnown.body }) body: z.output<typeof API.planKnown.body>): Promise<z.output<typeof API.planKnown.reply>> {
    return { known: [...(await this.planContent.known(body))] };
  }

  @Route(API.planContent)
  async content(@Body({ schema: API.planContent.body }) body: z.output<typeof API.planContent.body>): Promise<ContentPlanDto> {
    const { repository, commit, pack, as, application, environment, at } = body;
    const { items, ...rest } = await this.planContent.run({ repository, commit, pack: Buffer.from(pack, 'base64'), ...present({ as, application, environment, at }) });
    return { items: items.map(presentPlanItem), ...rest };
  }
}
