import { readLinks } from '@sluice/forge-http';

/**
 * When a list of Gitea or Forgejo is at its end. Some lists have a `Link` header, some only `X-Total-Count`, and a timeline's total is the page's own. Pages may be shorter than asked for (an instance's
 * own limit, entries that one may not see), so shortness says nothing. Links are looked at only for whether there is a next page: they name the address that the instance is configured with (`ROOT_URL`),
 * which may be another than the one that it is reached by.
 */
export class PagesEnd {
  private seen = 0;
  private more = true;

  /** `total`: the header counts all items. If not, only an empty page is the end. */
  constructor(private readonly says: { readonly total: boolean }) {}

  get reached(): boolean {
    return !this.more;
  }

  note(items: number, headers: Headers): void {
    this.seen += items;
    this.more = items > 0 && this.goesOn(headers);
  }

  private goesOn(headers: Headers): boolean {
    const link = headers.get('link');
    if (link !== null) return readLinks(link).has('next');
    const total = headers.get('x-total-count');
    return !this.says.total || total === null || this.seen < Number(total);
  }
}
