import { z } from 'zod';
import { pageOf } from '../base/paging.js';
import type { Answer } from '../base/route.js';

const zCount = z.string().regex(/^[1-9]\d{0,5}$/).transform(Number);

/** docs.gitlab.com/api/rest/#offset-based-pagination */
export const PAGING = { page: zCount.default(1), per_page: zCount.pipe(z.number().max(100)).default(20) };

/** One page, with the headers that say which. */
export function listed(items: readonly unknown[], url: URL, { page, per_page: size }: { readonly page: number; readonly per_page: number }): Answer {
  const found = pageOf(items, url, { page, size });
  return {
    status: 200,
    body: found.items,
    headers: { ...found.headers, 'x-page': String(page), 'x-per-page': String(size), 'x-next-page': page < found.last ? String(page + 1) : '', 'x-prev-page': page > 1 ? String(page - 1) : '', 'x-total': String(items.length), 'x-total-pages': String(found.last) },
  };
}
