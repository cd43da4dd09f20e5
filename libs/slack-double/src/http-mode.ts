import { createHmac } from 'node:crypto';
import { ACKNOWLEDGE_WITHIN, type Acknowledged, type Payload, type Retry, type Way } from './delivery.js';

/** How a request deviates from what Slack sends, for tests of the application's checks. */
export interface Tampering {
  /** Seconds that it is older than now. */
  readonly age?: number;
  readonly signature?: string;
  /** The body that is sent, when it is another than the one that was signed. */
  readonly body?: string;
}

/** Requests with a signature: https://docs.slack.dev/authentication/verifying-requests-from-slack */
export class HttpMode implements Way {
  constructor(
    private readonly url: string,
    private readonly signingSecret: string,
  ) {}

  send(payload: Payload, retry?: Retry): Promise<Acknowledged> {
    return this.post(payload, retry);
  }

  async post(payload: Payload, retry?: Retry, tampering: Tampering = {}): Promise<Acknowledged> {
    const { type, raw } = encode(payload);
    const timestamp = String(Math.floor(Date.now() / 1_000) - (tampering.age ?? 0));
    const signature = tampering.signature ?? `v0=${createHmac('sha256', this.signingSecret).update(`v0:${timestamp}:${raw}`).digest('hex')}`;
    const headers = {
      'content-type': type,
      'x-slack-request-timestamp': timestamp,
      'x-slack-signature': signature,
      // https://docs.slack.dev/apis/events-api#retries
      ...(retry && { 'x-slack-retry-num': String(retry.attempt), 'x-slack-retry-reason': retry.reason }),
    };
    try {
      const response = await fetch(this.url, { method: 'POST', headers, body: tampering.body ?? raw, signal: AbortSignal.timeout(ACKNOWLEDGE_WITHIN) });
      return { ok: response.status === 200, status: response.status, ...answerOf(await response.text()) };
    } catch {
      return { ok: false };
    }
  }
}

function encode({ type, body }: Payload): { readonly type: string; readonly raw: string } {
  const form = 'application/x-www-form-urlencoded';
  if (type === 'events_api') return { type: 'application/json', raw: JSON.stringify(body) };
  if (type === 'interactive') return { type: form, raw: new URLSearchParams({ payload: JSON.stringify(body) }).toString() };
  return { type: form, raw: new URLSearchParams(Object.fromEntries(Object.entries(body).map(([name, value]) => [name, String(value)]))).toString() };
}

function answerOf(text: string): { readonly answer?: Readonly<Record<string, unknown>> } {
  if (text === '') return {};
  try {
    return { answer: JSON.parse(text) as Readonly<Record<string, unknown>> };
  } catch {
    return { answer: { text } };
  }
}
