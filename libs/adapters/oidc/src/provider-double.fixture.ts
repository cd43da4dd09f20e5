import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT, type JWK } from 'jose';

type Claims = Record<string, unknown>;
type SigningKey = Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];

/** What a misbehaving provider does otherwise. */
export interface Misbehaviour {
  readonly claims?: (good: Claims) => Claims;
  readonly sign?: 'another key' | 'not at all';
  readonly token?: (response: ServerResponse) => void;
  readonly userinfo?: Claims;
  readonly discovery?: Claims;
}

interface Pair {
  readonly privateKey: SigningKey;
  readonly publicKey: SigningKey;
}

let pairs: Promise<readonly [Pair, Pair]> | undefined;

/** Its own key and somebody else's; made once, since that takes a while. */
function keys(): Promise<readonly [Pair, Pair]> {
  pairs ??= Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  return pairs;
}

/** A provider that does what a real one never would. It keeps to the protocol (OpenID Connect Core 1.0, RFC 7636) where it is told nothing else. */
export class ProviderDouble {
  misbehaviour: Misbehaviour = {};
  account: Claims = { sub: 's-1', preferred_username: 'grace', name: 'Grace', email: 'grace@example.org', email_verified: true, groups: ['sre'] };
  /** Forms that came to the token endpoint. */
  readonly asked: URLSearchParams[] = [];
  readonly authorizations: (string | undefined)[] = [];
  readonly #grants = new Map<string, { readonly nonce: string; readonly challenge: string }>();

  private constructor(
    private readonly server: Server,
    private readonly own: Pair,
    private readonly foreign: Pair,
    private readonly jwk: JWK,
  ) {}

  static async start(): Promise<ProviderDouble> {
    const server = createServer();
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const [own, foreign] = await keys();
    const double = new ProviderDouble(server, own, foreign, { ...(await exportJWK(own.publicKey)), kid: 'k', alg: 'RS256', use: 'sig' });
    server.on('request', (request, response) => {
      double.serve(request, response).catch(() => response.writeHead(500).end());
    });
    return double;
  }

  get issuer(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** What the provider does when a person has signed in: the address to which the browser is sent back. */
  grant(authorization: string): URL {
    const wanted = new URL(authorization).searchParams;
    const code = `code-${this.#grants.size + 1}`;
    this.#grants.set(code, { nonce: wanted.get('nonce') ?? '', challenge: wanted.get('code_challenge') ?? '' });
    const back = new URL(wanted.get('redirect_uri') ?? '');
    for (const [name, value] of [['code', code], ['state', wanted.get('state') ?? ''], ['iss', this.issuer]] as const) back.searchParams.set(name, value);
    return back;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => void this.server.close(() => resolve()));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (`${request.method ?? ''} ${request.url ?? ''}`) {
      case 'GET /.well-known/openid-configuration':
        return json(response, { ...this.description(), ...this.misbehaviour.discovery });
      case 'GET /jwks':
        return json(response, { keys: [this.jwk] });
      case 'GET /userinfo':
        return json(response, { ...this.account, ...this.misbehaviour.userinfo });
      case 'POST /token':
        return this.token(new URLSearchParams(await text(request)), request.headers.authorization, response);
      default:
        response.writeHead(404).end();
    }
  }

  private async token(form: URLSearchParams, authorization: string | undefined, response: ServerResponse): Promise<void> {
    this.asked.push(form);
    this.authorizations.push(authorization);
    if (this.misbehaviour.token) return this.misbehaviour.token(response);
    const code = form.get('code') ?? '';
    const grant = this.#grants.get(code);
    this.#grants.delete(code);
    const challenge = createHash('sha256').update(form.get('code_verifier') ?? '').digest('base64url');
    if (grant?.challenge !== challenge) return json(response, { error: 'invalid_grant' }, 400);
    json(response, { access_token: 'at', token_type: 'Bearer', expires_in: 60, id_token: await this.idToken(grant.nonce) });
  }

  private async idToken(nonce: string): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    const good = { iss: this.issuer, aud: 'sluice', iat: now, exp: now + 60, nonce, ...this.account };
    const claims = this.misbehaviour.claims?.(good) ?? good;
    if (this.misbehaviour.sign === 'not at all') return new UnsecuredJWT(claims).encode();
    const { privateKey } = this.misbehaviour.sign === 'another key' ? this.foreign : this.own;
    return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k' }).sign(privateKey);
  }

  private description(): Claims {
    return {
      issuer: this.issuer,
      authorization_endpoint: `${this.issuer}/authorize`,
      token_endpoint: `${this.issuer}/token`,
      jwks_uri: `${this.issuer}/jwks`,
      userinfo_endpoint: `${this.issuer}/userinfo`,
      response_types_supported: ['code'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256'],
      authorization_response_iss_parameter_supported: true,
    };
  }
}

function json(response: ServerResponse, body: unknown, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
