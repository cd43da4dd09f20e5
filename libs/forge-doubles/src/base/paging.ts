/** One page of a list, and the `Link` header that leads to the others (RFC 8288), as GitHub, GitLab and Gitea send it. */
export interface Page<T> {
  readonly items: readonly T[];
  readonly headers: Readonly<Record<string, string>>;
  readonly last: number;
}

/** @param url the address that was asked for; `page` in it is changed */
export function pageOf<T>(all: readonly T[], url: URL, { page, size }: { readonly page: number; readonly size: number }): Page<T> {
  const last = Math.max(1, Math.ceil(all.length / size));
  const links = [
    page > 1 && link(url, page - 1, 'prev'),
    page < last && link(url, page + 1, 'next'),
    page < last && link(url, last, 'last'),
    page > 1 && link(url, 1, 'first'),
  ].filter((one) => one !== false);
  return { items: all.slice((page - 1) * size, page * size), headers: links.length > 0 ? { link: links.join(', ') } : {}, last };
}

function link(url: URL, page: number, rel: string): string {
  const target = new URL(url);
  target.searchParams.set('page', String(page));
  return `<${target.href}>; rel="${rel}"`;
}
