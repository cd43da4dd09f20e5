import { Unavailable, instant } from '@sluice/kernel';
import { describeWithProgram, startRegistry, type RunningRegistry } from '@sluice/testing';
import type { OutboundAnswer, OutboundHttp, OutboundRequest } from '@sluice/usecases';
import { createImageRegistry } from './create-image-registry.js';

const clock = () => instant(Date.now());

/** The way out without its checks, which have their own tests. */
const direct: OutboundHttp = {
  request: async ({ method, url, headers }) => {
    const response = await fetch(url, { method, ...(headers && { headers }) });
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
  },
};

describeWithProgram('docker-registry', 'in a registry', () => {
  let registry: RunningRegistry;
  beforeAll(async () => void (registry = await startRegistry()), 60_000);
  afterAll(() => registry?.stop());
  const find = (name: string) => createImageRegistry(direct, clock).find(`${registry.host}/${name}`);

  it('an image is there by its tag, its digest and both', async () => {
    const digest = await registry.push('shop/checkout', '1.0');
    expect([await find('shop/checkout:1.0'), await find(`shop/checkout@${digest}`), await find(`shop/checkout:1.0@${digest}`)]).toEqual(Array(3).fill({ kind: 'there' }));
  });

  it('an image is missing by another tag, another digest or another name', async () => {
    await registry.push('shop/cart', '1.0');
    expect([await find('shop/cart:2.0'), await find(`shop/cart@sha256:${'0'.repeat(64)}`), await find('shop/none:1.0'), await find('shop/cart')]).toEqual(Array(4).fill({ kind: 'missing' }));
  });

  it('an image that was there is asked for again with its ETag, after a while', async () => {
    await registry.push('shop/tagged', '1.0');
    const asked: [string | undefined, number][] = [];
    const watched: OutboundHttp = {
      request: async (request) => {
        const answer = await direct.request(request);
        asked.push([request.headers?.['if-none-match'], answer.status]);
        return answer;
      },
    };
    let now = 0;
    const images = createImageRegistry(watched, () => instant(now));
    for (now of [0, 29_000, 31_000]) expect(await images.find(`${registry.host}/shop/tagged:1.0`)).toEqual({ kind: 'there' });
    expect(asked).toEqual([[undefined, 200], [expect.stringContaining('sha256:'), 304]]);
  });
});

describe('a registry that wants a token', () => {
  function withToken(fields: { readonly token?: Partial<OutboundAnswer>; readonly challenge?: string } = {}): { readonly outbound: OutboundHttp; readonly asked: OutboundRequest[] } {
    const asked: OutboundRequest[] = [];
    const challenge = fields.challenge ?? 'Bearer realm="https://auth.example.org/token?a=b",service="registry.example.org",scope="repository:shop/checkout:pull"';
    const outbound: OutboundHttp = {
      request: (request): Promise<OutboundAnswer> => {
        asked.push(request);
        if (request.url.startsWith('https://auth.example.org/')) return Promise.resolve({ status: 200, headers: {}, body: '{"token":"t0ken"}', ...fields.token });
        if (request.headers?.['authorization'] === 'Bearer t0ken') return Promise.resolve({ status: 200, headers: {}, body: '' });
        return Promise.resolve({ status: 401, headers: { 'www-authenticate': challenge }, body: '' });
      },
    };
    return { outbound, asked };
  }
  const find = (outbound: OutboundHttp) => createImageRegistry(outbound, clock).find('registry.example.org/shop/checkout:1.0');

  it('gets the one that anybody gets', async () => {
    const { outbound, asked } = withToken();
    expect(await find(outbound)).toEqual({ kind: 'there' });
    expect(asked.map(({ method, url }) => `${method} ${url}`)).toEqual([
      'HEAD https://registry.example.org/v2/shop/checkout/manifests/1.0',
      'GET https://auth.example.org/token?a=b&service=registry.example.org&scope=repository%3Ashop%2Fcheckout%3Apull',
      'HEAD https://registry.example.org/v2/shop/checkout/manifests/1.0',
    ]);
  });

  it.each([
    ['gives none', { token: { status: 403, body: '' } }],
    ['gives what is none', { token: { body: '<html>' } }],
    ['wants a password', { challenge: 'Basic realm="registry"' }],
    ['says no address', { challenge: 'Bearer realm="nowhere"' }],
  ])('is not known when it %s', async (_, fields) => {
    expect(await find(withToken(fields).outbound)).toEqual({ kind: 'unknown', message: 'registry.example.org does not let anybody look without signing in (status 401)' });
  });
});

test('a registry that does not answer, or with an error, knows nothing', async () => {
  const find = (request: OutboundHttp['request']) => createImageRegistry({ request }, clock).find('registry.example.org/a:1');
  expect(await find(() => Promise.reject(new Unavailable('registry.example.org cannot be reached')))).toEqual({ kind: 'unknown', message: 'registry.example.org cannot be reached' });
  expect(await find(() => Promise.resolve({ status: 429, headers: {}, body: '' }))).toEqual({ kind: 'unknown', message: 'registry.example.org answers with status 429' });
});

test('what is no name of an image is missing, and nobody is asked', async () => {
  expect(await createImageRegistry({ request: () => Promise.reject(new Error('asked')) }, clock).find('{{ .Values.image }}')).toEqual({ kind: 'missing' });
});
