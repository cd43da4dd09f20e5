import { API, pathOf, problem } from '@sluice/contracts';
import type { Route } from '@sluice/contracts';
import type { z } from 'zod';

type ReplyOf<R extends Route> = R['reply'] extends z.ZodType ? z.output<R['reply']> : undefined;

export interface Call {
  readonly params?: Readonly<Record<string, string | number>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
}

/** What the server refused, in its own words. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Calls the server by a route's description; the session cookie is the credential. @throws ApiError */
export async function callApi<R extends Route>(route: R, call: Call = {}): Promise<ReplyOf<R>> {
  const url = new URL(pathOf(route, call.params), window.location.origin);
  for (const [name, value] of Object.entries(call.query ?? {})) if (value !== undefined) url.searchParams.set(name, String(value));
  const response = await fetch(url, {
    method: route.method,
    credentials: 'same-origin',
    headers: { accept: 'application/json', ...(call.body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  }).catch(() => {
    throw new ApiError(0, 'The server cannot be reached. This page goes on by itself when it is back.');
  });
  if (!response.ok) throw await refused(response);
  if (!route.reply) return undefined as ReplyOf<R>;
  return route.reply.parse(await response.json()) as ReplyOf<R>;
}

async function refused(response: Response): Promise<ApiError> {
  const body = problem.safeParse(await response.json().catch(() => undefined));
  return new ApiError(response.status, body.success ? body.data.detail : `The server answered ${response.status}.`);
}

export { API };
