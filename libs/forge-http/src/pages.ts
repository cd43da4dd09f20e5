import { Unavailable } from '@sluice/kernel';
import { readLinks } from './links.js';

export interface Page<Item> {
  readonly items: readonly Item[];
  /** The answer's `Link` header. */
  readonly link: string | null;
}

export interface Paging {
  readonly maxPages: number;
  /** The page after the present one, for forges that say it otherwise than by the `Link` header, or by one with another address than the one they are reached by. */
  readonly next?: (present: URL, link: string | null) => URL | undefined;
}

/**
 * Page after page, by the `Link` header, until there is no next one or the caller has enough.
 * @throws Unavailable when there is no end to it, or when the next page is on another host (which is not told the credential)
 */
export async function* pages<Item>(first: URL, ask: (page: URL) => Promise<Page<Item>>, { maxPages, next }: Paging): AsyncGenerator<readonly Item[]> {
  const seen = new Set<string>();
  let url: URL | undefined = first;
  while (url !== undefined) {
    if (seen.has(url.href)) throw new Unavailable(`${first.host} gives the same page again and again`);
    if (seen.size >= maxPages) throw new Unavailable(`${first.host} has more than the ${maxPages} pages that are looked through`);
    seen.add(url.href);
    const { items, link }: Page<Item> = await ask(url);
    yield items;
    url = nextPage(url, link, next);
  }
}

function nextPage(present: URL, link: string | null, next: Paging['next']): URL | undefined {
  if (next) return next(present, link);
  const address = readLinks(link).get('next');
  if (address === undefined) return undefined;
  if (!URL.canParse(address, present.href)) throw new Unavailable(`${present.host} names a next page that is no address`);
  const url = new URL(address, present);
  if (url.origin !== present.origin) throw new Unavailable(`${present.host} names a next page on ${url.host}, which is not asked`);
  return url;
}
