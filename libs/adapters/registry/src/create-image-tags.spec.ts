import { Unavailable, instant } from '@sluice/kernel';
import { describeWithProgram, startRegistry, type RunningRegistry } from '@sluice/testing';
import type { OutboundAnswer, OutboundHttp, OutboundRequest } from '@sluice/usecases';
import { createImageTags } from './create-image-tags.js';

const clock = () => instant(Date.now());
const NAME = 'registry.example.org/shop/checkout';
const FIRST = 'https://registry.example.org/v2/shop/checkout/tags/list?n=1000';

/** The way out without its checks, which have their own tests. */
const direct: OutboundHttp = {
  request: async ({ method, url, headers }) => {
    const response = await fetch(url, { method, ...(headers && { headers }) });
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
  },
};

describeWithProgram('docker-registry', 'a registry', () => {
  let registry: RunningRegistry;
  beforeAll(async () => void (registry = await startRegistry()), 60_000);
  afterAll(() => registry?.stop());

  it('tells every tag of an image and the digest of each', async () => {
    const digest = await registry.push('shop/checkout', '1.0.0');
    await registry.push('shop/checkout', '1.1.0');
    const tags = createImageTags(direct, clock);
    const found = await tags.list(`${registry.host}/shop/checkout`);
    expect('tags' in found && [...found.tags].sort()).toEqual(['1.0.0', '1.1.0']);
    expect(await tags.digest(`${registry.host}/shop/checkout`, '1.0.0')).toEqual({ kind: 'digest', digest });
    expect(await tags.list(`${registry.host}/shop/none`)).toEqual({ kind: 'missing' });
    expect(await tags.digest(`${registry.host}/shop/checkout`, '9.0.0')).toEqual({ kind: 'missing' });
  });
});

function answering(answers: (request: OutboundRequest) => Partial<OutboundAnswer>): { readonly outbound: OutboundHttp; readonly asked: OutboundRequest[] } {
  const asked: OutboundRequest[] = [];
  const outbound: OutboundHttp = {
    request: (request) => {
      asked.push(request);
      return Promise.resolve({ status: 200, headers: {}, body: '', ...answers(request) });
    },
  };
  return { outbound, asked };
}

test('tags are read page by page', async () => {
  const next = (last: string): Partial<OutboundAnswer> => ({ body: `{"tags":["${last}"]}`, headers: { link: `</v2/shop/checkout/tags/list?last=${last}&n=1000>; rel="next"` } });
  const { outbound, asked } = answering(({ url }) => (url.includes('last=2') ? { body: '{"tags":["3"]}' } : next(url.includes('last=1') ? '2' : '1')));
  expect(await createImageTags(outbound, clock).list(NAME)).toEqual({ kind: 'tags', tags: ['1', '2', '3'] });
  expect(asked.map(({ url }) => url)).toEqual([FIRST, ...['1', '2'].map((last) => `https://registry.example.org/v2/shop/checkout/tags/list?last=${last}&n=1000`)]);
});

test('a page that has not changed is not sent again', async () => {
  const { outbound, asked } = answering(({ headers }) => (headers?.['if-none-match'] === '"a"' ? { status: 304 } : { headers: { etag: '"a"' }, body: '{"tags":["1.0.0"]}' }));
  const tags = createImageTags(outbound, clock);
  expect([await tags.list(NAME), await tags.list(NAME)]).toEqual(Array(2).fill({ kind: 'tags', tags: ['1.0.0'] }));
  expect(asked.map(({ headers }) => headers?.['if-none-match'])).toEqual([undefined, '"a"']);
});

test.each([
  ['a number of seconds', '120', 120_000],
  ['a date', new Date(240_000).toUTCString(), 240_000],
  ['nothing', undefined, 60_000],
  ['nonsense', 'soon', 60_000],
  ['a year', '31536000', 86_400_000],
])('a registry that wants a pause of %s gets it, for all its images', async (_, header, until) => {
  let now = 0;
  const { outbound, asked } = answering(() => ({ status: 429, headers: Object.fromEntries(header === undefined ? [] : [['retry-after', header]]) }));
  const tags = createImageTags(outbound, () => instant(now));
  const expected = { kind: 'unknown', message: 'registry.example.org wants no more questions for now', retryAt: until };
  expect(await tags.list(NAME)).toEqual(expected);
  now = until - 1;
  expect([await tags.list(NAME), await tags.digest('registry.example.org/shop/cart', '1')]).toEqual([expected, expected]);
  expect(asked).toHaveLength(1);
  now = until;
  await tags.list(NAME);
  expect(asked).toHaveLength(2);
});

test('a registry that wants a token gets one for each question', async () => {
  const { outbound } = answering(({ url, headers }) => {
    if (url.startsWith('https://auth.example.org/')) return { body: '{"token":"t0ken"}' };
    return headers?.['authorization'] === 'Bearer t0ken' ? { body: '{"tags":["1.0.0"]}' } : { status: 401, headers: { 'www-authenticate': 'Bearer realm="https://auth.example.org/token"' } };
  });
  expect(await createImageTags(outbound, clock).list(NAME)).toEqual({ kind: 'tags', tags: ['1.0.0'] });
});

test.each<[string, Partial<OutboundAnswer>, unknown]>([
  ['nothing', { body: '{"tags":null}' }, { kind: 'tags', tags: [] }],
  ['tags that are none', { body: '{"tags":["1.0.0","a b","","x:y"]}' }, { kind: 'tags', tags: ['1.0.0'] }],
  ['no JSON', { body: '<html>' }, { kind: 'unknown', message: 'registry.example.org answers with something else than a list of tags' }],
  ['a refusal', { status: 403 }, { kind: 'unknown', message: 'registry.example.org does not let anybody look without signing in (status 403)' }],
  ['an error', { status: 500 }, { kind: 'unknown', message: 'registry.example.org answers with status 500' }],
  ['a next page elsewhere', { body: '{"tags":["1.0.0"]}', headers: { link: '<https://evil.example.org/v2/x>; rel="next"' } }, { kind: 'tags', tags: ['1.0.0'] }],
  ['itself as its next page', { body: '{"tags":["1.0.0"]}', headers: { link: `<${FIRST}>; rel="next"` } }, { kind: 'tags', tags: ['1.0.0'] }],
])('a registry that answers with %s is understood', async (_, answer, expected) => {
  expect(await createImageTags(answering(() => answer).outbound, clock).list(NAME)).toEqual(expected);
});

test('pages have an end', async () => {
  let count = 0;
  const { outbound } = answering(() => ({ body: '{"tags":["1.0.0"]}', headers: { link: `<${FIRST}&last=${(count += 1)}>; rel="next"` } }));
  expect(await createImageTags(outbound, clock).list(NAME)).toMatchObject({ kind: 'unknown', message: expect.stringContaining('more tags of shop/checkout than') });
  expect(count).toBeLessThan(200);
});

test('a registry that cannot be reached, or says no digest, is an answer', async () => {
  const gone: OutboundHttp = { request: () => Promise.reject(new Unavailable('registry.example.org cannot be reached')) };
  expect(await createImageTags(gone, clock).list(NAME)).toEqual({ kind: 'unknown', message: 'registry.example.org cannot be reached' });
  expect(await createImageTags(answering(() => ({})).outbound, clock).digest(NAME, '1.0.0')).toEqual({ kind: 'unknown', message: 'registry.example.org does not say which digest 1.0.0 has' });
  expect(await createImageTags(gone, clock).list('{{ image }}')).toEqual({ kind: 'missing' });
});
