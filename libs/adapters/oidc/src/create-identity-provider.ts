import { Unauthenticated, Unavailable, printable } from '@sluice/kernel';
import type { IdentityProvider, PendingSignIn, ProvenIdentity } from '@sluice/usecases';
import * as oidc from 'openid-client';
import { isComplete, readClaims, type ClaimNames } from './read-claims.js';

export interface ProviderOptions {
  /** As the provider spells it; its configuration is at `<issuer>/.well-known/openid-configuration`. */
  readonly issuer: string;
  readonly clientId: string;
  /** Absent: a public client, which PKCE alone protects. */
  readonly clientSecret?: string | undefined;
  /** With `openid`. */
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly claims: ClaimNames;
}

const TIMEOUT_SECONDS = 10;
/** How far the clocks of the provider and of this machine may be apart. */
const CLOCK_TOLERANCE_SECONDS = 30;
/** How long the provider's description of itself is believed. */
const KNOWN_FOR = 3_600_000;

/** A provider of OpenID Connect by its issuer alone. It is asked when somebody signs in, not before: one that is down stops nobody but them. */
export function createIdentityProvider(options: ProviderOptions): IdentityProvider {
  return new OidcProvider(options);
}

class OidcProvider implements IdentityProvider {
  private known: { readonly configuration: Promise<oidc.Configuration>; readonly until: number } | undefined;

  constructor(private readonly options: ProviderOptions) {}

  async begin(next: string): Promise<{ readonly url: string; readonly pending: PendingSignIn }> {
    const configuration = await this.configuration();
    const pending = { state: oidc.randomState(), nonce: oidc.randomNonce(), verifier: oidc.randomPKCECodeVerifier(), next };
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: this.options.redirectUri,
      scope: this.options.scopes.join(' '),
      state: pending.state,
      nonce: pending.nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
      code_challenge_method: 'S256',
    });
    return { url: url.href, pending };
  }

  async finish(callback: string, { state, nonce, verifier }: PendingSignIn): Promise<ProvenIdentity> {
    const configuration = await this.configuration();
    try {
      // the address that we registered, whatever host the browser says it came by: it goes into the request for the token
      const url = new URL(this.options.redirectUri);
      url.search = new URL(callback, this.options.redirectUri).search;
      const tokens = await oidc.authorizationCodeGrant(configuration, url, { pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true });
      const proof = tokens.claims();
      if (!proof) throw new Unauthenticated('the provider sent no ID token');
      return readClaims(await this.allClaims(configuration, tokens.access_token, proof), proof, this.options.claims);
    } catch (error) {
      throw translated(error, this.options.issuer);
    }
  }

  /** Many providers keep their ID tokens small. What the token says goes before what the other answer says. */
  private async allClaims(configuration: oidc.Configuration, accessToken: string, proof: oidc.IDToken): Promise<Readonly<Record<string, unknown>>> {
    if (isComplete(proof, this.options.claims) || configuration.serverMetadata().userinfo_endpoint === undefined) return proof;
    return { ...(await oidc.fetchUserInfo(configuration, accessToken, proof.sub)), ...proof };
  }

  private async configuration(): Promise<oidc.Configuration> {
    if (!this.known || performance.now() > this.known.until) this.known = { configuration: this.discover(), until: performance.now() + KNOWN_FOR };
    try {
      return await this.known.configuration;
    } catch (error) {
      this.known = undefined;
      throw new Unavailable(`the provider of identities at ${this.options.issuer} does not answer as one: signing in by it has to wait`, { cause: error });
    }
  }

  private discover(): Promise<oidc.Configuration> {
    const { issuer, clientId, clientSecret } = this.options;
    const local = new URL(issuer).protocol === 'http:';
    // signatures are checked although the token comes to us over TLS from the provider itself: what stands between may end that
    const execute = [oidc.enableNonRepudiationChecks, ...(local ? [oidc.allowInsecureRequests] : [])];
    return oidc.discovery(new URL(issuer), clientId, { [oidc.clockTolerance]: CLOCK_TOLERANCE_SECONDS }, authentication(clientSecret), { execute, timeout: TIMEOUT_SECONDS });
  }
}

/** By the method that the provider takes; `client_secret_basic` unless it says otherwise (OpenID Connect Discovery 1.0, section 3). */
function authentication(secret: string | undefined): oidc.ClientAuth {
  if (secret === undefined) return oidc.None();
  const [basic, post] = [oidc.ClientSecretBasic(secret), oidc.ClientSecretPost(secret)];
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported;
    const chosen = methods && !methods.includes('client_secret_basic') && methods.includes('client_secret_post') ? post : basic;
    return chosen(server, client, body, headers);
  };
}

/** The words of a provider go no further than its error code: its descriptions may hold what was sent to it. */
function translated(error: unknown, issuer: string): Error {
  if (error instanceof Unauthenticated) return error;
  if (error instanceof oidc.AuthorizationResponseError) return new Unauthenticated(`the provider refused (${printable(error.error, 100)}): begin again`, { cause: error });
  if (isUnreachable(error)) return new Unavailable(`the provider of identities at ${issuer} does not answer: begin again`, { cause: error });
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return new Unauthenticated(`what came back from the provider was not right (${printable(code, 100)}): begin again`, { cause: error });
}

/** Whether the provider, or the way to it, is at fault: what fetch throws when it gets no answer, a deadline, or an answer of the 500s. */
function isUnreachable(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 3) return false;
  const { name, message, code, status, cause } = error as Partial<Record<'name' | 'message' | 'code' | 'status' | 'cause', unknown>>;
  if (typeof status === 'number') return status >= 500;
  return code === 'OAUTH_TIMEOUT' || name === 'TimeoutError' || (name === 'TypeError' && message === 'fetch failed') || isUnreachable(cause, depth + 1);
}
