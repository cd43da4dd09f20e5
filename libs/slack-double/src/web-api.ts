import type { IncomingMessage, ServerResponse } from 'node:http';
import { CHAT_METHODS } from './chat-methods.js';
import type { Faults } from './faults.js';
import type { Limits } from './limits.js';
import type { Method, MethodContext } from './method.js';
import { OTHER_METHODS } from './other-methods.js';
import { SlackRefusal } from './workspace.js';

const METHODS = new Map([...CHAT_METHODS, ...OTHER_METHODS].map((each) => [each.name, each]));

/** A call that was made, as Slack answered it. */
export interface SlackCall {
  readonly method: string;
  readonly at: number;
  /** `ok`, or Slack's word for what was wrong. */
  readonly outcome: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

export interface WebApiParts {
  readonly context: MethodContext;
  readonly limits: Limits;
  readonly faults: Faults;
  readonly botToken: string;
  readonly appToken: string;
  readonly scopes: ReadonlySet<string>;
  /** The test takes scopes away: what is refused for it is no surprise. */
  readonly mayLackScopes: boolean;
  /** A careful client does not send this: the test is to fail. */
  readonly unexpected: (what: string) => void;
  readonly seen: (call: SlackCall) => void;
}

interface Outcome {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** `POST /api/<method>`: https://docs.slack.dev/apis/web-api */
export class WebApi {
  constructor(private readonly parts: WebApiParts) {}

  async answer(request: IncomingMessage, response: ServerResponse, name: string, raw: string): Promise<void> {
    const { faults } = this.parts;
    if (faults.down) return void request.socket.destroy();
    const fault = faults.take(name);
    const fields = fieldsOf(raw);
    if (fault === 'server-error') return send(response, { status: 503, body: { ok: false, error: 'service_unavailable' } });
    if (fault === 'rate-limited') return send(response, this.tooMany(name, fields, 1));
    const outcome = this.outcome(request, name, fields);
    if (fault === 'lost-answer') return void request.socket.destroy();
    if (faults.latency > 0) await new Promise((resolve) => setTimeout(resolve, faults.latency));
    send(response, outcome);
  }

  private outcome(request: IncomingMessage, name: string, fields: Readonly<Record<string, unknown>>): Outcome {
    const method = METHODS.get(name);
    if (!method || request.method !== 'POST') return this.refused(name, fields, 'unknown_method', 'there is no such method here');
    const credential = this.credentialProblem(request, method);
    if (credential !== undefined) return this.refused(name, fields, credential, credential === 'missing_scope' && !this.parts.mayLackScopes ? `it needs ${method.scope}` : undefined);
    const wait = this.parts.limits.take(name, method.tier, method.channelOf(fields), Date.now());
    if (wait !== undefined) return this.tooMany(name, fields, wait);
    return this.perform(method, fields);
  }

  private perform(method: Method, fields: Readonly<Record<string, unknown>>): Outcome {
    try {
      const result = method.run(fields, this.parts.context);
      if ('malformed' in result) return this.refused(method.name, fields, 'invalid_arguments', result.malformed);
      this.parts.seen({ method: method.name, at: Date.now(), outcome: 'ok', fields });
      return { status: 200, body: { ok: true, ...result.answer } };
    } catch (error) {
      if (error instanceof SlackRefusal) return this.refused(method.name, fields, error.code);
      throw error;
    }
  }

  private credentialProblem(request: IncomingMessage, { app, scope }: Method): string | undefined {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    return this.tokenProblem(token, app) ?? (scope !== undefined && !this.parts.scopes.has(scope) ? 'missing_scope' : undefined);
  }

  private tokenProblem(token: string | undefined, app: true | undefined): string | undefined {
    const { faults, appToken, botToken } = this.parts;
    if (token === undefined) return 'not_authed';
    if (app) return token === appToken ? undefined : 'not_allowed_token_type';
    return token === botToken ? faults.revoked : 'invalid_auth';
  }

  /** `strange`: what was wrong with a call that no careful client makes. */
  private refused(method: string, fields: Readonly<Record<string, unknown>>, error: string, strange?: string): Outcome {
    const detail = strange ?? '';
    if (strange !== undefined) this.parts.unexpected(`${method}: ${error} ${detail}`.trim());
    this.parts.seen({ method, at: Date.now(), outcome: error, fields });
    return { status: 200, body: { ok: false, error, ...(detail !== '' && { response_metadata: { messages: [`[ERROR] ${detail}`] } }) } };
  }

  /** https://docs.slack.dev/apis/web-api/rate-limits#responding-to-rate-limiting-conditions */
  private tooMany(method: string, fields: Readonly<Record<string, unknown>>, seconds: number): Outcome {
    this.parts.seen({ method, at: Date.now(), outcome: 'ratelimited', fields });
    return { status: 429, body: { ok: false, error: 'ratelimited' }, headers: { 'retry-after': String(seconds) } };
  }
}

function send(response: ServerResponse, { status, body, headers = {} }: Outcome): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(JSON.stringify(body));
}

const STRUCTURED = new Set(['blocks', 'view', 'metadata']);

/** Form fields as the client meant them: structures are JSON in a field. A field that is none is left as it is, and no schema takes it. */
function fieldsOf(raw: string): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...new URLSearchParams(raw)].map(([name, value]) => [name, fieldOf(name, value)]));
}

function fieldOf(name: string, value: string): unknown {
  if (value === 'true' || value === 'false') return value === 'true';
  if (!STRUCTURED.has(name)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
