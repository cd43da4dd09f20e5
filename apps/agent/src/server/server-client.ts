import { problem } from '@sluice/contracts';
import { Conflict, Forbidden, InvalidInput, NotFound, printableLine, type SluiceError, TooLarge, Unauthenticated, Unavailable } from '@sluice/kernel';
import type { z } from 'zod';

const DEADLINE_MS = 20_000;
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

export interface ServerRequest<Schema extends z.ZodType> {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly answer: Schema;
  readonly body?: unknown;
  readonly token?: string;
  readonly signal?: AbortSignal;
}

/** One request to the server. @throws Unavailable when there is no sensible answer, else the error that the status stands for with what the server says about it. */
export async function askServer<Schema extends z.ZodType>(serverUrl: string, request: ServerRequest<Schema>): Promise<z.output<Schema>> {
  const response = await send(serverUrl, request);
  const text = await bodyOf(response);
  if (!response.ok) throw errorOf(response, text);
  try {
    return request.answer.parse(text === '' ? undefined : JSON.parse(text));
  } catch (error) {
    throw new Unavailable(`the answer of ${request.path} is not understood: is the server of another version?`, { cause: error });
  }
}

/** Sends a request and returns the open response: for streams. @throws Unavailable */
export async function send(serverUrl: string, request: Omit<ServerRequest<z.ZodType>, 'answer'>, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  try {
    return await fetch(serverUrl + request.path, {
      method: request.method,
      // a redirect could lead the credential elsewhere
      redirect: 'error',
      signal: request.signal ?? AbortSignal.timeout(DEADLINE_MS),
      headers: { accept: 'application/json', ...(request.body !== undefined && { 'content-type': 'application/json' }), ...(request.token && { authorization: `Bearer ${request.token}` }), ...headers },
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    });
  } catch (error) {
    throw new Unavailable(`the control plane at ${serverUrl} cannot be reached: ${reasonOf(error)}`, { cause: error });
  }
}

const KINDS: Readonly<Record<number, new (message: string) => SluiceError>> = { 401: Unauthenticated, 403: Forbidden, 404: NotFound, 409: Conflict, 410: Conflict, 413: TooLarge };

/** The error that a status stands for; `text` is the body, a problem document by our own servers. */
export function errorOf(response: Response, text: string): SluiceError {
  const { status } = response;
  const parsed = problem.safeParse(jsonOf(text));
  const detail = printableLine(parsed.success ? parsed.data.detail : `the control plane answered ${status}`, 500);
  const known = KINDS[status];
  if (known) return new known(detail);
  return status === 429 || status >= 500 || status < 400 ? new Unavailable(detail, { details: { status } }) : new InvalidInput(detail);
}

async function bodyOf(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of response.body ?? []) {
      size += chunk.byteLength;
      if (size > MAX_ANSWER_BYTES) throw new Error('the answer is too long');
      chunks.push(chunk);
    }
  } catch (error) {
    throw new Unavailable(`the answer of the control plane broke off: ${reasonOf(error)}`, { cause: error });
  }
  return Buffer.concat(chunks).toString('utf8');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// fetch says "fetch failed"; why is in its cause
function reasonOf(error: unknown): string {
  const cause = typeof error === 'object' && error !== null && 'cause' in error ? (error.cause ?? error) : error;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : undefined;
  return printableLine(code ?? (cause instanceof Error ? cause.message : 'no answer'));
}
