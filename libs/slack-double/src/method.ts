import { z } from 'zod';
import type { Tier } from './limits.js';
import type { Workspace } from './workspace.js';

/** What a method sees. */
export interface MethodContext {
  readonly workspace: Workspace;
  /** Milliseconds. */
  readonly triggerLifetime: number;
  /** An address for one WebSocket connection. */
  readonly socketUrl: () => string;
}

/** A method of the Web API. `docs`: the page that it follows. */
export interface Method {
  readonly name: string;
  readonly docs: string;
  readonly tier: Tier;
  /** The bot's token needs it; absent: any token. `app`: the app-level token. */
  readonly scope?: string;
  readonly app?: true;
  readonly run: (fields: Readonly<Record<string, unknown>>, context: MethodContext) => MethodResult;
  readonly channelOf: (fields: Readonly<Record<string, unknown>>) => string | undefined;
}

export type MethodResult = { readonly malformed: string } | { readonly answer: Readonly<Record<string, unknown>> };

const DOCS = 'https://docs.slack.dev/reference/methods/';

/** Makes a method of its description; the arguments that its schema does not have are no arguments of it. */
export function method<Fields>(name: string, spec: { readonly tier: Tier; readonly scope?: string; readonly app?: true; readonly fields: z.ZodType<Fields>; readonly run: (fields: Fields, context: MethodContext) => Readonly<Record<string, unknown>> }): Method {
  return {
    name,
    docs: `${DOCS}${name}`,
    tier: spec.tier,
    ...(spec.scope !== undefined && { scope: spec.scope }),
    ...(spec.app && { app: true }),
    channelOf: ({ channel }) => (typeof channel === 'string' ? channel : undefined),
    run: (fields, context) => {
      const parsed = spec.fields.safeParse(fields);
      if (!parsed.success) return { malformed: z.prettifyError(parsed.error) };
      return { answer: spec.run(parsed.data, context) };
    },
  };
}
