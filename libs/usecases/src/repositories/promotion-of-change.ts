import type { RepositoryId } from '@sluice/kernel';
import { CURRENT_STATES } from '@sluice/promotion';
import type { Promotion } from '@sluice/promotion';
import type { Promotions } from '../ports/index.js';

/** The open promotion whose request this is. */
export async function promotionOfChange(promotions: Pick<Promotions, 'list'>, { repository, number }: { readonly repository: RepositoryId; readonly number: number }): Promise<Promotion | undefined> {
  let cursor: string | undefined;
  do {
    const page = await promotions.list({ repository, states: CURRENT_STATES, limit: 200, ...(cursor !== undefined && { cursor }) });
    const found = page.items.find(({ change }) => change?.number === number);
    if (found) return found;
    cursor = page.next;
  } while (cursor !== undefined);
  return undefined;
}
