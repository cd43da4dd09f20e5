import { readFile } from 'node:fs/promises';
import { instant } from '@sluice/kernel';
import { noticeOf } from '@sluice/notify';
import type { OutboundRequest } from '@sluice/usecases';
import { createWebhookSender } from './create-webhook-sender.js';

type IsGenuine = (secret: string, headers: Readonly<Record<string, unknown>>, body: string | Buffer, now?: number) => boolean;

const NOW = instant(Date.parse('2026-11-26T12:00:00Z'));
const [SECRET, OLD] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [string, string];

async function recipe(): Promise<IsGenuine> {
  const text = await readFile(new URL('../../../../docs/notifications.md', import.meta.url), 'utf8');
  const [, code = ''] = /```js\n(.*?)```/s.exec(text) ?? [];
  const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as { readonly isGenuine: IsGenuine };
  return module.isGenuine;
}

describe('the recipe of docs/notifications.md', () => {
  it('takes what Sluice sends, by either secret while one is rotated, and nothing that was changed, is old or was signed by others', async () => {
    const isGenuine = await recipe();
    const sent: OutboundRequest[] = [];
    const sender = createWebhookSender({ request: (request) => (sent.push(request), Promise.resolve({ status: 204, headers: {}, body: '' })) }, { publicUrl: 'https://sluice.example.org' });
    const notice = noticeOf({ type: 'promotion.degraded', at: NOW, repository: 'shop', environment: 'prod', application: 'checkout', promotion: 'prod-checkout-1', message: 'crash' }, 'degraded', 'https://sluice.example.org');
    await sender.send({ url: 'https://hooks.example.org', secrets: [SECRET, OLD] }, { kind: 'one', notice }, NOW);
    const [{ headers = {}, body = '' } = {}] = sent;
    const text = String(body);
    expect([SECRET, OLD].map((secret) => isGenuine(`whsec_${secret}`, headers, Buffer.from(text), NOW))).toEqual([true, true]);
    expect(isGenuine(`whsec_${Buffer.alloc(32, 3).toString('base64')}`, headers, text, NOW)).toBe(false);
    expect(isGenuine(`whsec_${SECRET}`, headers, `${text} `, NOW)).toBe(false);
    expect(isGenuine(`whsec_${SECRET}`, { ...headers, 'webhook-id': 'another' }, text, NOW)).toBe(false);
    expect(isGenuine(`whsec_${SECRET}`, headers, text, NOW + 301_000)).toBe(false);
    expect(isGenuine(`whsec_${SECRET}`, {}, text, NOW)).toBe(false);
    expect(isGenuine(`whsec_${SECRET}`, headers, text)).toBe(Math.abs(Date.now() - NOW) <= 300_000);
  });
});
