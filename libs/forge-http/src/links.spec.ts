import { Unavailable } from '@sluice/kernel';
import { readLinks } from './links.js';
import { pages, type Paging } from './pages.js';

test.each([
  ['GitHub’s', '<https://api.example/repositories/1/pulls?page=2>; rel="next", <https://api.example/repositories/1/pulls?page=9>; rel="last"', { next: 'https://api.example/repositories/1/pulls?page=2', last: 'https://api.example/repositories/1/pulls?page=9' }],
  ['Gitea’s, without a blank', '<https://git.example/api/v1/x?page=2>; rel="next",<https://git.example/api/v1/x?page=5>; rel="last"', { next: 'https://git.example/api/v1/x?page=2', last: 'https://git.example/api/v1/x?page=5' }],
  ['with commas in the address', '<https://a.example/?labels=a,b&page=2>; rel="next"', { next: 'https://a.example/?labels=a,b&page=2' }],
  ['with other parameters and no quotes', '</p?2>; title="a, b; rel=last"; rel=next', { next: '/p?2' }],
  ['with two relations at once', '<https://a.example/>; rel="first prev"', { first: 'https://a.example/', prev: 'https://a.example/' }],
  ['nonsense', 'rel="next"; <', {}],
  ['none', null, {}],
])('links are read: %s', (_, header, links) => {
  expect(Object.fromEntries(readLinks(header))).toEqual(links);
});

test('a long header of nonsense is read in no time', () => {
  expect(readLinks(`<a>${'; a=b'.repeat(100_000)}`).size).toBe(0);
});

const FIRST = new URL('https://git.example/items?page=1');
const next = (address: string) => `<${address}>; rel="next"`;

async function all(ask: Parameters<typeof pages<number>>[1], paging: Paging = { maxPages: 5 }): Promise<readonly number[]> {
  const items: number[] = [];
  for await (const page of pages(FIRST, ask, paging)) items.push(...page);
  return items;
}

test('pages are asked for until there is no next one', async () => {
  const answers: Record<string, { items: number[]; link: string | null }> = { '?page=1': { items: [1, 2], link: next('https://git.example/items?page=2') }, '?page=2': { items: [3], link: null } };
  expect(await all(async ({ search }) => answers[search]!)).toEqual([1, 2, 3]);
});

test('who has enough asks for no further page', async () => {
  let asked = 0;
  for await (const _ of pages(FIRST, async () => ({ items: [asked++], link: next('?page=2') }), { maxPages: 5 })) break;
  expect(asked).toBe(1);
});

test.each([
  ['no end', async ({ search }: URL) => ({ items: [1], link: next(`?page=${Number(search.slice(6)) + 1}`) }), /more than the 5 pages/],
  ['a circle', async () => ({ items: [1], link: next('?page=1') }), /again and again/],
  ['another host', async () => ({ items: [1], link: next('https://evil.example/') }), /evil\.example/],
  ['no address', async () => ({ items: [1], link: next('https://') }), /no address/],
])('a list with %s is no list', async (_, ask, message) => {
  await expect(all(ask)).rejects.toThrow(Unavailable);
  await expect(all(ask)).rejects.toThrow(message);
});

test('a forge whose links name another address than the one it is reached by is asked at this one', async () => {
  const asked: string[] = [];
  const ask = async ({ href, search }: URL) => {
    asked.push(href);
    return { items: [], link: search === '?page=3' ? null : next('http://internal.example/items?page=7') };
  };
  const following = ({ href, searchParams }: URL, link: string | null) => (readLinks(link).has('next') ? new URL(`?page=${Number(searchParams.get('page')) + 1}`, href) : undefined);
  await all(ask, { maxPages: 5, next: following });
  expect(asked).toEqual([1, 2, 3].map((page) => `https://git.example/items?page=${page}`));
});
