import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Forbidden, Unavailable, instant } from '@sluice/kernel';
import { noticeOf, type Message } from '@sluice/notify';
import type { OutboundHttp, WebhookSender } from '@sluice/usecases';
import { createWebhookSender } from './create-webhook-sender.js';

const NOW = instant(Date.parse('2026-11-26T12:00:00Z'));
const SECRET = Buffer.alloc(32, 1).toString('base64');
const OLD = Buffer.alloc(32, 2).toString('base64');
const MESSAGE: Message = { kind: 'one', notice: noticeOf({ type: 'promotion.degraded', at: NOW, repository: 'shop', environment: 'prod', application: 'checkout', promotion: 'prod-checkout-1', message: 'crash' }, 'degraded', 'https://sluice.example.org') };

interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** As <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md> tells a receiver to verify: written from it, and from nothing of ours. */
function isGenuine({ headers, body }: Received, whsec: string, now: number): boolean {
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => String(headers[name] ?? ''));
  if (Math.abs(now / 1_000 - Number(timestamp)) > 300) return false;
  const key = Buffer.from(whsec.replace(/^whsec_/, ''), 'base64');
  const expected = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
  return (signatures ?? '').split(' ').some((signature) => {
    const [version, value = ''] = signature.split(/,(.*)/s);
    const given = Buffer.from(value, 'base64');
    return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
  });
}

describe('a webhook', () => {
  let server: Server;
  let url: string;
  let sender: WebhookSender;
  let answer: (response: ServerResponse) => void;
  const received: Received[] = [];
  // the real one is not for other adapters to import: this is its contract over the platform's fetch, with a short deadline
  const outbound: OutboundHttp = {
    async request({ method, url: to, headers, body, redirects }) {
      if (to.includes('forbidden')) throw new Forbidden('10.0.0.1 is an address that this server does not ask');
      try {
        const response = await fetch(to, { method, redirect: redirects === 'none' ? 'manual' : 'follow', signal: AbortSignal.timeout(1_500), ...(headers && { headers }), ...(body !== undefined && { body }) });
        return { status: response.status, headers: Object.fromEntries(response.headers), body: await response.text() };
      } catch (cause) {
        throw new Unavailable(`${new URL(to).host} has not answered`, { cause });
      }
    },
  };

  beforeAll(async () => {
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        received.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString() });
        answer(response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-path`;
    sender = createWebhookSender(outbound, { publicUrl: 'https://sluice.example.org' });
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    received.length = 0;
    answer = (response) => response.writeHead(204).end();
  });

  it('gets a CloudEvent that whoever has the secret can verify, and nobody else', async () => {
    expect(await sender.send({ url, secrets: [SECRET] }, MESSAGE, NOW)).toEqual({ kind: 'sent' });
    const [one] = received;
    expect(one?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    const event = JSON.parse(one?.body ?? '') as { id: string; type: string };
    expect(event).toMatchObject({ specversion: '1.0', type: 'dev.sluice.promotion.degraded', subject: 'shop/prod/checkout' });
    expect(one?.headers['webhook-id']).toBe(event.id);
    expect(one && isGenuine(one, `whsec_${SECRET}`, NOW)).toBe(true);
    expect(one && isGenuine(one, `whsec_${OLD}`, NOW)).toBe(false);
    expect(one && isGenuine({ ...one, body: `${one.body} ` }, `whsec_${SECRET}`, NOW)).toBe(false);
    expect(one && isGenuine(one, `whsec_${SECRET}`, NOW + 301_000)).toBe(false);
  });

  it('carries two signatures while a secret is rotated: either is enough', async () => {
    await sender.send({ url, secrets: [SECRET, OLD] }, MESSAGE, NOW);
    const [one] = received;
    expect(one && isGenuine(one, SECRET, NOW) && isGenuine(one, OLD, NOW)).toBe(true);
  });

  it('has the same id when it is sent again', async () => {
    await sender.send({ url, secrets: [SECRET] }, MESSAGE, NOW);
    await sender.send({ url, secrets: [SECRET] }, MESSAGE, instant(NOW + 3_600_000));
    expect(new Set(received.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(received.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(2);
  });

  it.each([
    [500, {}, { kind: 'temporary', message: 'it answers with status 500' }],
    [404, {}, { kind: 'temporary', message: 'it answers with status 404' }],
    [410, {}, { kind: 'permanent', message: expect.stringContaining('410') as string }],
    [429, { 'retry-after': '120' }, { kind: 'temporary', message: 'it answers with status 429', notBefore: NOW + 120_000 }],
    [503, { 'retry-after': 'Thu, 26 Nov 2026 12:05:00 GMT' }, { kind: 'temporary', message: 'it answers with status 503', notBefore: NOW + 300_000 }],
    [503, { 'retry-after': '999999999' }, { kind: 'temporary', message: 'it answers with status 503', notBefore: NOW + 3_600_000 }],
    [503, { 'retry-after': 'soon' }, { kind: 'temporary', message: 'it answers with status 503' }],
  ])('that answers %i %j', async (status, headers, outcome) => {
    answer = (response) => response.writeHead(status, headers).end('no');
    expect(await sender.send({ url, secrets: [SECRET] }, MESSAGE, NOW)).toEqual(outcome);
  });

  it('that redirects is not followed', async () => {
    answer = (response) => response.writeHead(307, { location: '/elsewhere' }).end();
    expect(await sender.send({ url, secrets: [SECRET] }, MESSAGE, NOW)).toMatchObject({ kind: 'temporary', message: expect.stringContaining('redirects are not followed') as string });
    expect(received.map(({ path }) => path)).toEqual(['/secret-path']);
  });

  it('that is slow, or may not be reached, is tried again, and what is said of it has neither its path nor a secret', async () => {
    answer = () => undefined;
    const slow = await sender.send({ url, secrets: [SECRET] }, MESSAGE, NOW);
    const forbidden = await sender.send({ url: 'http://forbidden.example.org/secret-path', secrets: [SECRET] }, MESSAGE, NOW);
    expect([slow.kind, forbidden.kind]).toEqual(['temporary', 'temporary']);
    expect(JSON.stringify([slow, forbidden])).not.toMatch(new RegExp(`secret-path|${SECRET.slice(0, 10)}`));
  });
});
