import { Inject, Injectable } from '@nestjs/common';
import type { PromotionDetail } from '@sluice/contracts';
import { delegatorsFor, effectivePipeline, permittedActions, type Person, type PromotionView } from '@sluice/usecases';
import type { Ports } from '../compose/ports.js';
import { PORTS } from '../compose/tokens.js';
import { presentDetail } from './present/promotion.js';

/** A promotion as one person sees it: with what they may do. */
@Injectable()
export class PresentPromotion {
  constructor(@Inject(PORTS) private readonly ports: Ports) {}

  async detail({ promotion, approvals }: PromotionView, person: Person): Promise<PromotionDetail> {
    const pipeline = await effectivePipeline(this.ports, promotion.repository);
    const actions = pipeline ? permittedActions({ pipeline, promotion, person, approvals, delegators: await delegatorsFor(this.ports, pipeline, promotion, person) }) : [];
    return presentDetail(promotion, approvals, [...actions]);
  }
}
