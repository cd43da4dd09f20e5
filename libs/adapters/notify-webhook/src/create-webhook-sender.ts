import { createHmac } from 'node:crypto';
import { Forbidden, Unavailable, instant } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import { CLOUD_EVENT_CONTENT_TYPE, cloudEventOf } from '@sluice/notify';
import { assertOutsideTransaction } from '@sluice/runtime';
import type { Delivered, OutboundAnswer, OutboundHttp, WebhookSender } from '@sluice/usecases';

/** Nobody reads what a receiver answers. */
const MAX_ANSWER = 65_536;
const LONGEST_PAUSE = 3_600_000;
/** Not now: too early, too much, or the other side asks for another try. */
const TEMPORARY: readonly number[] = [408, 409, 423, 425, 429];

/**
 * Posts messages as CloudEvents 1.0 in structured mode, signed as Standard Webhooks 1.0.0 says (<https://www.standardwebhooks.com>, symmetric `v1`): HMAC-SHA256 over `id.timestamp.body`, one signature a secret.
 * Redirects are not followed: what is signed for one address is not sent to another. `outbound` decides which addresses may be reached.
 */
export function createWebhookSender(outbound: OutboundHttp, { publicUrl }: { readonly publicUrl: string }): WebhookSender {
  return {
    async send({ url, secrets }, message, at) {
      assertOutsideTransaction('a webhook');
      const event = cloudEventOf(message, publicUrl);
      const body = JSON.stringify(event);
      const headers = { 'content-type': CLOUD_EVENT_CONTENT_TYPE, ...signatures(event.id, body, { secrets, at }) };
      try {
        return outcomeOf(await outbound.request({ method: 'POST', url, headers, body, maxBytes: MAX_ANSWER, redirects: 'none' }), at);
      } catch (error) {
        // neither says more of the address than its host
        if (error instanceof Forbidden || error instanceof Unavailable) return { kind: 'temporary', message: error.message };
        throw error;
      }
    },
  };
}

/** The newest secret's signature first: a receiver takes any that is right, which is how secrets are rotated. */
function signatures(id: string, body: string, { secrets, at }: { readonly secrets: readonly string[]; readonly at: Instant }): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1_000));
  const signed = secrets.map((secret) => `v1,${createHmac('sha256', Buffer.from(secret, 'base64')).update(`${id}.${timestamp}.${body}`).digest('base64')}`);
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signed.join(' ') };
}

function outcomeOf({ status, headers }: OutboundAnswer, at: Instant): Delivered {
  if (status >= 200 && status < 300) return { kind: 'sent' };
  if (status === 410) return { kind: 'permanent', message: 'it answers 410: it does not want to be told any more; `sluice notify endpoint remove` forgets it' };
  if (status >= 300 && status < 400) return { kind: 'temporary', message: `it answers ${status}: redirects are not followed; add the webhook with its new address` };
  // a receiver that is being set up wrongly today may be right tomorrow: only what says so itself is final
  const notBefore = TEMPORARY.includes(status) || status === 503 ? retryAfter(headers['retry-after'], at) : undefined;
  return { kind: 'temporary', message: `it answers with status ${status}`, ...(notBefore !== undefined && { notBefore }) };
}

/** In seconds, or a date (RFC 9110); an hour at most. */
function retryAfter(text: string | undefined, at: Instant): Instant | undefined {
  if (text === undefined) return undefined;
  const until = /^\d+$/.test(text) ? at + Number(text) * 1_000 : Date.parse(text);
  return Number.isNaN(until) ? undefined : instant(Math.min(Math.max(until, at), at + LONGEST_PAUSE));
}
