import { Unavailable } from '@sluice/kernel';

/** An answer that has come whole. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A fault that is over soon, such as an answer that did not come whole: asking again may help. */
export class Passing extends Unavailable {}

const BODILESS: readonly number[] = [204, 205, 304];

/** Reads an answer to its end. @throws Passing when it ends early; Unavailable when it is longer than `maxBytes` */
export async function readAnswer(response: Response, { method, host, maxBytes }: { readonly method: string; readonly host: string; readonly maxBytes: number }): Promise<Answer> {
  const { status, headers } = response;
  const body = await readBounded(response, host, maxBytes);
  const expected = headers.get('content-length');
  // The length is that of what was sent, which is another when it was compressed.
  if (method !== 'HEAD' && !BODILESS.includes(status) && !headers.has('content-encoding') && expected !== null && Number(expected) !== body.length) throw new Passing(`the answer of ${host} is cut off`);
  if (isBrokenJson(response, body)) throw new Passing(`the answer of ${host} is no whole JSON document`);
  return { status, headers, body };
}

async function readBounded({ body, headers }: Response, host: string, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLong = (): Unavailable => new Unavailable(`the answer of ${host} is longer than ${maxBytes} bytes`);
  if (Number(headers.get('content-length') ?? 0) > maxBytes) {
    await body?.cancel();
    throw tooLong();
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  // leaving the loop cancels the rest
  for await (const chunk of (body ?? []) as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLong();
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** Only of answers that say that all went well: an error's text may be anything. */
function isBrokenJson({ ok, headers }: Response, body: Uint8Array): boolean {
  if (!ok || body.length === 0 || !/^application\/([\w.]+\+)?json\b/i.test(headers.get('content-type') ?? '')) return false;
  try {
    JSON.parse(Buffer.from(body).toString('utf8'));
    return false;
  } catch {
    return true;
  }
}

/** Headers about how a body travelled: here it is whole and plain. */
const OF_TRAVEL = ['content-encoding', 'content-length', 'transfer-encoding', 'connection', 'keep-alive'];

/** The answer as `fetch` gives one. */
export function toResponse({ status, headers, body }: Answer, url: URL): Response {
  const kept = new Headers(headers);
  for (const name of OF_TRAVEL) kept.delete(name);
  const response = new Response(BODILESS.includes(status) || body.length === 0 ? null : body, { status, headers: kept });
  // A made response has no address, and clients show it in their errors.
  return Object.defineProperty(response, 'url', { value: url.href });
}
