import type { z } from 'zod';
import type { Grant } from './accounts.js';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a route answers. Without a body the answer is empty. */
export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A request of a client that a route has been found for. */
export interface Call {
  readonly method: Method;
  readonly url: URL;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** The parsed body, or `undefined` when there is none. */
  readonly body: unknown;
  readonly grant: Grant | undefined;
}

/** A route whose input has been checked. */
export interface Route {
  readonly method: Method;
  /** `/repos/{owner}/{repo}`; a segment in braces matches one segment, whose percent-encoding is taken away. */
  readonly path: string;
  /** The page of the forge's documentation that it follows. */
  readonly docs: string;
  /** Nobody has to say who asks. */
  readonly anonymous: boolean;
  /** For browsers and clients of OAuth: not of the API, so without its headers, limits and credentials. */
  readonly page?: true;
  /** @returns what is wrong with the request, or the answer */
  handle(call: Call): Promise<Answer | Malformed>;
}

/** What a careful client does not send: it is answered with an error, and the test fails. */
export interface Malformed {
  readonly malformed: string;
}

export interface RouteSpec<Query, Body> {
  readonly method: Method;
  readonly path: string;
  readonly docs: string;
  readonly anonymous?: boolean;
  readonly page?: true;
  /** Without it no parameter is allowed. Use `z.strictObject`. */
  readonly query?: z.ZodType<Query>;
  /** Without it no body is allowed. Use `z.strictObject`. */
  readonly body?: z.ZodType<Body>;
  handle(call: Omit<Call, 'query' | 'body'> & { readonly query: Query; readonly body: Body }): Promise<Answer | Malformed> | Answer | Malformed;
}

/** A refusal in the forge's own words, thrown out of wherever it is found. */
export class ApiError extends Error {
  constructor(readonly answer: Answer) {
    super(`answer ${answer.status}`);
  }
}

/** Makes a route of its description: what the schemas do not allow never reaches it. */
export function route<Query = Record<string, never>, Body = undefined>(spec: RouteSpec<Query, Body>): Route {
  return {
    ...spec,
    anonymous: spec.anonymous ?? false,
    handle: async (call) => {
      const query = checked(spec.query, Object.keys(call.query).length > 0 ? call.query : undefined, {});
      if (!query.ok) return { malformed: `query ${JSON.stringify(call.query)}: ${query.problem}` };
      const body = checked(spec.body, call.body, undefined);
      if (!body.ok) return { malformed: `body ${JSON.stringify(call.body)}: ${body.problem}` };
      return spec.handle({ ...call, query: query.value as Query, body: body.value as Body });
    },
  };
}

type Checked = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly problem: string };

function checked(schema: z.ZodType | undefined, given: unknown, none: unknown): Checked {
  if (!schema) return given === undefined ? { ok: true, value: none } : { ok: false, problem: 'it takes none' };
  const result = schema.safeParse(given ?? none);
  return result.success ? { ok: true, value: result.data } : { ok: false, problem: result.error.message };
}

/** @returns the parameters of the path, or nothing when it is another one */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of wanted.entries()) {
    const value = given[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name !== undefined && value !== '') params[name] = decodeURIComponent(value);
    else if (segment !== value) return undefined;
  }
  return params;
}
