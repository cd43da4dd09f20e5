import { messageOf, printableLine } from '@sluice/kernel';
import { CREDENTIALS } from './redirect.js';

/** Shorter values are words such as `token`, and hide nothing. */
const SHORTEST = 6;

/** The message of a fault without what the call's headers prove: an HTTP client may put a header that it refuses into its error. */
export function withoutSecrets(error: unknown, headers: Headers): string {
  const secrets = CREDENTIALS.flatMap((name) => secretsOf(headers.get(name)));
  const text = [messageOf(error), causeOf(error)].filter((part) => part !== '').join(': ');
  return printableLine(secrets.reduce((clean, secret) => clean.replaceAll(secret, '…'), text), 200);
}

/** The whole value, and each word of it: `token abc`, `Bearer abc`. */
function secretsOf(value: string | null): readonly string[] {
  return value === null ? [] : [value, ...value.split(/\s+/)].filter(({ length }) => length >= SHORTEST);
}

/** `fetch` says only "fetch failed"; why stands in its cause. */
function causeOf(error: unknown): string {
  return error instanceof Error && error.cause !== undefined ? messageOf(error.cause) : '';
}
