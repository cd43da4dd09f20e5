import { NotFound } from '@sluice/kernel';
import type { PromotionId, RepositoryId } from '@sluice/kernel';
import type { Promotion } from '@sluice/promotion';
import type { Approvals, Page, PromotionFilter, Promotions, Settings } from '../ports/index.js';
import { withWritten, type WrittenApproval } from './read-decisions.js';

/** A promotion with the decisions that bind to its digest. */
export interface PromotionView {
  readonly promotion: Promotion;
  readonly approvals: readonly WrittenApproval[];
}

/** Lists promotions and reads one. */
export class ReadPromotions {
  constructor(
    private readonly promotions: Promotions,
    private readonly approvals: Approvals,
    private readonly memory: Pick<Settings, 'get'>,
  ) {}

  list(filter: PromotionFilter): Promise<Page<Promotion>> {
    return this.promotions.list(filter);
  }

  /** @throws NotFound */
  async get(repository: RepositoryId, id: PromotionId): Promise<PromotionView> {
    const promotion = await this.promotions.get(repository, id);
    if (!promotion) throw new NotFound(`there is no promotion ${id} in ${repository}`);
    return { promotion, approvals: await withWritten(this.memory, await this.approvals.of(repository, promotion.candidate.digest)) };
  }
}
