import { createHash, randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { Accounts, Grant } from './accounts.js';
import { type Answer, route, type Route } from './route.js';

/** As somebody has registered it at the forge. */
export interface OauthApp {
  readonly id: string;
  /** Absent: a public client. */
  readonly secret?: string;
  readonly redirectUri: string;
  /** What it may do at most, where the forge keeps that with the client. */
  readonly rights?: Grant['rights'];
}

/** Why the forge gives no token. */
export type OauthRefusal = 'client' | 'redirect' | 'code' | 'pkce' | 'refresh token';

export interface IssuedTokens {
  readonly access: string;
  readonly refresh: string;
  readonly scope: string;
}

/** How a forge does OAuth 2's authorization code (RFC 6749) with PKCE (RFC 7636). */
export interface OauthDialect {
  readonly authorize: string;
  readonly token: string;
  readonly docs: string;
  /** What may be asked for. */
  readonly scope: z.ZodType<string | undefined>;
  readonly publicClients: boolean;
  /** Milliseconds. */
  readonly lifetimes: { readonly code: number; readonly access: number; readonly refresh: number };
  /** A refresh token is good for one time, and what it renews ends with it. */
  readonly rotates: boolean;
  readonly prefixes: { readonly access: string; readonly refresh: string };
  grant(app: OauthApp, scope: string): Pick<Grant, 'kind' | 'rights'>;
  answer(tokens: IssuedTokens, now: number): Readonly<Record<string, unknown>>;
  refuse(refusal: OauthRefusal): Answer;
  /** In the browser: the client or its address is not one, so nobody is sent there. */
  refusePage(refusal: 'client' | 'redirect'): Answer;
}

interface Allowed {
  readonly app: OauthApp;
  readonly login: string;
  readonly scope: string;
  readonly until: number;
}

const SECRETLESS = { client_id: z.string(), client_secret: z.string().optional() };
const zForm = z.discriminatedUnion('grant_type', [
  z.strictObject({ ...SECRETLESS, grant_type: z.literal('authorization_code'), code: z.string(), redirect_uri: z.string(), code_verifier: z.string().regex(/^[\w.~-]{43,128}$/) }),
  z.strictObject({ ...SECRETLESS, grant_type: z.literal('refresh_token'), refresh_token: z.string() }),
]);
type Form = z.output<typeof zForm>;
const zBody = z
  .string()
  .transform((text) => Object.fromEntries(new URLSearchParams(text)))
  .pipe(zForm);

interface OauthWorld {
  readonly accounts: Accounts;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** The pages on which people of a double allow others to act in their name, for tests without a browser: whoever is {@link signedIn} allows what is asked for at once. */
export class OauthPages {
  /** Nobody: what is asked for is refused. */
  signedIn: string | undefined;
  readonly routes: readonly Route[];
  private readonly apps = new Map<string, OauthApp>();
  private readonly codes = new Map<string, Allowed & { readonly challenge: string }>();
  private readonly refreshTokens = new Map<string, Allowed & { readonly access: string }>();

  constructor(
    private readonly world: OauthWorld,
    private readonly dialect: OauthDialect,
  ) {
    this.routes = [this.authorizeRoute(), this.tokenRoute()];
  }

  register(app: OauthApp): OauthApp {
    this.apps.set(app.id, app);
    return app;
  }

  /** Somebody takes back what they have allowed, on the forge's pages. */
  revoke(login: string): void {
    for (const [token, allowed] of this.refreshTokens) if (allowed.login === login) this.end(token, allowed);
    for (const [code, allowed] of this.codes) if (allowed.login === login) this.codes.delete(code);
  }

  private authorizeRoute(): Route {
    const { authorize: path, docs, scope } = this.dialect;
    const query = z.strictObject({
      client_id: z.string(),
      redirect_uri: z.string(),
      response_type: z.literal('code'),
      state: z.string().min(16),
      code_challenge: z.string().regex(/^[\w-]{43}$/),
      code_challenge_method: z.literal('S256'),
      scope,
    });
    return route({ method: 'GET', path, docs, anonymous: true, page: true, query, handle: (call) => this.asked(call.query) });
  }

  private asked(query: { readonly client_id: string; readonly redirect_uri: string; readonly state: string; readonly code_challenge: string; readonly scope?: string | undefined }): Answer {
    const app = this.apps.get(query.client_id);
    if (!app) return this.dialect.refusePage('client');
    if (app.redirectUri !== query.redirect_uri) return this.dialect.refusePage('redirect');
    const back = new URL(app.redirectUri);
    back.searchParams.set('state', query.state);
    if (this.signedIn === undefined) {
      back.searchParams.set('error', 'access_denied');
    } else {
      const code = randomBytes(20).toString('hex');
      const until = this.world.now() + this.dialect.lifetimes.code;
      this.codes.set(code, { app, login: this.signedIn, scope: query.scope ?? '', challenge: query.code_challenge, until });
      back.searchParams.set('code', code);
    }
    return { status: 302, headers: { location: back.href } };
  }

  private tokenRoute(): Route {
    const { token: path, docs } = this.dialect;
    return route({
      method: 'POST',
      path,
      docs,
      anonymous: true,
      page: true,
      body: zBody,
      handle: ({ headers, body }) => {
        // GitHub would answer with a form otherwise
        if (headers['accept'] !== 'application/json') return { malformed: `Accept should be application/json, not ${headers['accept']}` };
        if (!headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return { malformed: 'Content-Type should be application/x-www-form-urlencoded' };
        return this.issued(body);
      },
    });
  }

  private issued(form: Form): Answer {
    const app = this.apps.get(form.client_id);
    if (!app || app.secret !== form.client_secret || (app.secret === undefined && !this.dialect.publicClients)) return this.dialect.refuse('client');
    const allowed = form.grant_type === 'refresh_token' ? this.refreshed(app, form.refresh_token) : this.proven(app, form);
    if (typeof allowed === 'string') return this.dialect.refuse(allowed);
    return { status: 200, body: this.dialect.answer(this.issue(allowed), this.world.now()), headers: { 'cache-control': 'no-store' } };
  }

  private proven(app: OauthApp, form: Extract<Form, { grant_type: 'authorization_code' }>): Allowed | OauthRefusal {
    const allowed = this.codes.get(form.code);
    // good for one time, whatever comes of it
    this.codes.delete(form.code);
    if (allowed?.app !== app || allowed.until <= this.world.now()) return 'code';
    if (form.redirect_uri !== app.redirectUri) return 'redirect';
    return createHash('sha256').update(form.code_verifier).digest('base64url') === allowed.challenge ? allowed : 'pkce';
  }

  private refreshed(app: OauthApp, token: string): Allowed | OauthRefusal {
    const allowed = this.refreshTokens.get(token);
    if (allowed?.app !== app || allowed.until <= this.world.now()) return 'refresh token';
    if (this.dialect.rotates) this.end(token, allowed);
    return allowed;
  }

  private end(token: string, { access }: { readonly access: string }): void {
    this.refreshTokens.delete(token);
    this.world.accounts.revoke(access);
  }

  private issue({ app, login, scope }: Allowed): IssuedTokens {
    const { prefixes, lifetimes } = this.dialect;
    const [access, refresh] = [prefixes.access, prefixes.refresh].map((prefix) => prefix + randomBytes(20).toString('hex')) as [string, string];
    const now = this.world.now();
    this.world.accounts.grant(login, { token: access, expiresAt: now + lifetimes.access, ...this.dialect.grant(app, scope) });
    this.refreshTokens.set(refresh, { app, login, scope, access, until: now + lifetimes.refresh });
    return { access, refresh, scope };
  }
}
