import type { Why } from '@sluice/contracts';
import type { WhyItem, WhyView } from '@sluice/usecases';
import { presentDecision, presentVerdict } from './promotion.js';
import { time } from './time.js';

export function presentWhy(view: WhyView): Why {
  return { items: view.items.map(presentItem), notices: [...view.notices], checkedAt: time(view.checkedAt) };
}

function presentItem({ promotion, application, verdicts, conflicts, draft, decisions, ...item }: WhyItem): Why['items'][number] {
  return {
    ...item,
    ...(application && { application }),
    ...(promotion && { promotion: promotion.id }),
    ...(draft && { change: draft }),
    ...(promotion?.change && { change: promotion.change }),
    verdicts: verdicts.map(presentVerdict),
    conflicts: [...conflicts],
    ...(decisions && { decisions: decisions.map(presentDecision) }),
  };
}
