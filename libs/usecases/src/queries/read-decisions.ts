import { present } from '@sluice/kernel';
import { isCurrent } from '@sluice/promotion';
import type { Promotion } from '@sluice/promotion';
import { writtenAs, type Written } from '../lifecycle/write-review.js';
import type { Approval, Approvals, Repository, Settings } from '../ports/index.js';

interface Ports {
  readonly approvals: Pick<Approvals, 'ofPromotions'>;
  readonly memory: Pick<Settings, 'get'>;
}

/** What somebody has decided, with how it stands on the forge where they have linked an account there. */
export interface WrittenApproval extends Approval {
  readonly written?: Written;
}

interface AboutPromotion {
  readonly promotion?: Promotion;
}

export function withWritten(memory: Pick<Settings, 'get'>, approvals: readonly Approval[]): Promise<readonly WrittenApproval[]> {
  return Promise.all(approvals.map(async (approval) => ({ ...approval, ...present({ written: await writtenAs(memory, approval) }) })));
}

/** With what was decided about their content, where that is written on a forge over the network: how it stands there may be what a merge waits for. */
export async function withDecisions<Item extends AboutPromotion>(ports: Ports, { id, remote }: Repository, items: readonly Item[]): Promise<readonly (Item & { readonly decisions?: readonly WrittenApproval[] })[]> {
  const open = items.flatMap(({ promotion }) => (promotion && isCurrent(promotion) ? [promotion.id] : []));
  if (!remote || open.length === 0) return items;
  const all = await ports.approvals.ofPromotions(id, open);
  return Promise.all(
    items.map(async (item) => {
      const decisions = item.promotion ? await withWritten(ports.memory, all.filter(({ digest }) => digest === item.promotion?.candidate.digest)) : [];
      return decisions.length === 0 ? item : { ...item, decisions };
    }),
  );
}
