import { printableLine, SluiceError, type ErrorKind } from '@sluice/kernel';
import { isObject, type Json } from './kube-object.js';
import { parseExactly } from './exact-json.js';

const KINDS: Readonly<Record<number, ErrorKind>> = { 401: 'unauthenticated', 403: 'forbidden', 404: 'not-found', 409: 'conflict', 410: 'conflict', 413: 'too-large', 422: 'invalid', 429: 'rate-limited' };

/** What an API server answered instead of doing what it was asked: its `Status`. https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/status/ */
export class ApiFailure extends SluiceError {
  readonly kind: ErrorKind;

  /** The body, when it was JSON: it tells the causes field by field. */
  readonly status: Json;
  /** Seconds that the server asks to wait. */
  readonly retryAfter: number | undefined;

  constructor(
    readonly code: number,
    readonly reason: string,
    message: string,
    { status = null, retryAfter }: { readonly status?: Json | undefined; readonly retryAfter?: number | undefined } = {},
  ) {
    super(message, { details: { code, reason } });
    this.status = status;
    this.retryAfter = retryAfter;
    this.kind = KINDS[code] ?? (code >= 500 ? 'unavailable' : 'invalid');
  }

  /** The same request may be answered otherwise in a while. */
  get isPassing(): boolean {
    return this.code === 429 || this.code === 500 || this.code === 502 || this.code === 503 || this.code === 504;
  }
}

/** The failure that an answer stands for; `text` is its body. */
export function failureOf(code: number, headers: Readonly<Record<string, string | string[] | undefined>>, text: string): ApiFailure {
  const status = statusOf(text);
  const details = isObject(status) && isObject(status['details']) ? status['details'] : {};
  const message = printableLine(textOf(status, 'message') || text.trim() || `the API server answered ${code}`, 1_000);
  return new ApiFailure(code, textOf(status, 'reason'), message, { status, retryAfter: secondsOf(headers['retry-after']) ?? secondsOf(details['retryAfterSeconds']) });
}

function statusOf(text: string): Json | undefined {
  try {
    return parseExactly(text);
  } catch {
    return undefined;
  }
}

function textOf(value: Json | undefined, key: string): string {
  const found = isObject(value) ? value[key] : undefined;
  return typeof found === 'string' ? found : '';
}

function secondsOf(value: unknown): number | undefined {
  const seconds = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof seconds === 'number' && seconds > 0 ? seconds : undefined;
}
