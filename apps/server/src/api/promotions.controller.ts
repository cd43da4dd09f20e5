import { Body, Controller, Inject, Param, Query } from '@nestjs/common';
import { API } from '@sluice/contracts';
import type { PromoteOutcome, PromotionDetail, PromotionDiff } from '@sluice/contracts';
import { DecidePromotion, DiffPromotion, PromoteByHand, ReadPromotions, RollBack, type Person } from '@sluice/usecases';
import type { z } from 'zod';
import { Me, type PersonCaller } from '../http/caller.js';
import { Route } from '../http/route.js';
import { doorOf } from './door.js';
import { PresentPromotion } from './present-promotion.js';
import { presentSummary } from './present/promotion.js';

type OnPromotion = z.output<typeof API.promotion.params>;
type Decide = z.output<typeof API.approve.body>;

@Controller()
export class PromotionsController {
  constructor(
    @Inject(ReadPromotions) private readonly promotions: ReadPromotions,
    @Inject(DiffPromotion) private readonly diff: DiffPromotion,
    @Inject(DecidePromotion) private readonly decide: DecidePromotion,
    @Inject(PromoteByHand) private readonly promoteByHand: PromoteByHand,
    @Inject(RollBack) private readonly rollBack: RollBack,
    @Inject(PresentPromotion) private readonly present: PresentPromotion,
  ) {}

  @Route(API.promotions)
  async list(@Query({ schema: API.promotions.query }) query: z.output<typeof API.promotions.query>): Promise<z.output<typeof API.promotions.reply>> {
    const { repository, application, environment, state, cursor, limit } = query;
    const filter = { ...(repository && { repository }), ...(application && { application }), ...(environment && { target: environment }), ...(state && { states: [state] }), ...(cursor !== undefined && { cursor }) };
    const page = await this.promotions.list({ ...filter, limit });
    return { items: page.items.map(presentSummary), ...(page.next !== undefined && { next: page.next }) };
  }

  @Route(API.promotion)
  one(@Me() { person }: PersonCaller, @Param({ schema: API.promotion.params }) { repository, promotion }: OnPromotion): Promise<PromotionDetail> {
    return this.detail(person, { repository, promotion });
  }

  @Route(API.promotionDiff)
  async changes(@Param({ schema: API.promotion.params }) { repository, promotion }: OnPromotion): Promise<PromotionDiff> {
    const { changes, rendering, message } = await this.diff.run(repository, promotion);
    return { rendering: [...rendering], changes: changes.map((change) => ({ ...change, fields: [...change.fields] })), ...(message !== undefined && { message }) };
  }

  @Route(API.approve)
  async approve(@Me() caller: PersonCaller, @Param({ schema: API.approve.params }) of: OnPromotion, @Body({ schema: API.approve.body }) { digest, comment }: Decide): Promise<PromotionDetail> {
    await this.decide.approve({ ...of, digest, comment, person: caller.person.name, door: doorOf(caller) });
    return this.detail(caller.person, of);
  }

  @Route(API.reject)
  async reject(@Me() caller: PersonCaller, @Param({ schema: API.reject.params }) of: OnPromotion, @Body({ schema: API.reject.body }) { digest, reason }: z.output<typeof API.reject.body>): Promise<PromotionDetail> {
    await this.decide.reject({ ...of, digest, reason, person: caller.person.name, door: doorOf(caller) });
    return this.detail(caller.person, of);
  }

  @Route(API.clearGate)
  async clear(@Me() caller: PersonCaller, @Param({ schema: API.clearGate.params }) of: OnPromotion, @Body({ schema: API.clearGate.body }) body: z.output<typeof API.clearGate.body>): Promise<PromotionDetail> {
    const { digest, gate, reason } = body;
    await this.decide.clear({ ...of, digest, gate, reason, person: caller.person.name, door: doorOf(caller) });
    return this.detail(caller.person, of);
  }

  @Route(API.overrideGate)
  async override(@Me() caller: PersonCaller, @Param({ schema: API.overrideGate.params }) of: OnPromotion, @Body({ schema: API.overrideGate.body }) body: z.output<typeof API.overrideGate.body>): Promise<PromotionDetail> {
    const { digest, gate, reason } = body;
    await this.decide.override({ ...of, digest, gate, reason, person: caller.person.name, door: doorOf(caller) });
    return this.detail(caller.person, of);
  }

  @Route(API.mergePromotion)
  async merge(@Me() caller: PersonCaller, @Param({ schema: API.mergePromotion.params }) of: OnPromotion, @Body({ schema: API.mergePromotion.body }) { digest }: Decide): Promise<PromotionDetail> {
    await this.decide.merge({ ...of, digest, person: caller.person.name });
    return this.detail(caller.person, of);
  }

  @Route(API.rollback)
  async rollback(@Me() { person }: PersonCaller, @Body({ schema: API.rollback.body }) body: z.output<typeof API.rollback.body>): Promise<z.input<typeof API.rollback.reply>> {
    const { to, ...rest } = body;
    const { message, undoes, promotion } = await this.rollBack.run({ ...rest, person: person.name, ...(to !== undefined && { to }) });
    return { message, undoes: [...undoes], ...(promotion && { promotion: presentSummary(promotion) }) };
  }

  @Route(API.promote)
  async promote(@Me() { person }: PersonCaller, @Body({ schema: API.promote.body }) body: z.output<typeof API.promote.body>): Promise<PromoteOutcome> {
    const { outcome, message, promotion } = await this.promoteByHand.run({ ...body, person: person.name });
    return { outcome, message, ...(promotion && { promotion: presentSummary(promotion) }) };
  }

  private async detail(person: Person, { repository, promotion }: OnPromotion): Promise<PromotionDetail> {
    return this.present.detail(await this.promotions.get(repository, promotion), person);
  }
}
