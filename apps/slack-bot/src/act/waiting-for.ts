import { API, type PromotionDetail } from '@sluice/contracts';
import type { SluiceApi } from '../sluice/sluice-api.js';
import { asksForApproval } from '../views/promotion-message.js';

const LOOKED_AT = 100;
const AT_ONCE = 5;

/** What waits for somebody's approval: where Sluice says that they may give it. */
export async function waitingFor(api: SluiceApi, person: string): Promise<readonly PromotionDetail[]> {
  const { items } = await api.call(API.promotions, { query: { state: 'open', limit: LOOKED_AT }, as: person });
  const found: PromotionDetail[] = [];
  for (let from = 0; from < items.length; from += AT_ONCE) {
    const details = await Promise.all(items.slice(from, from + AT_ONCE).map(({ repository, id }) => api.call(API.promotion, { params: { repository, promotion: id }, as: person })));
    found.push(...details.filter((detail) => asksForApproval(detail) && detail.actions.some(({ name, allowed }) => name === 'approve' && allowed)));
  }
  return found;
}
