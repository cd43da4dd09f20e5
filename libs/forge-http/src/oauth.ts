import { Forbidden, instant, present, printableLine, SluiceError, Unauthenticated, Unavailable } from '@sluice/kernel';
import type { ForgeParts, ForgePeople, OauthClient, PersonalGrant } from '@sluice/usecases';
import * as oidc from 'openid-client';
import { createForgeFetch, type ForgeLimits } from './forge-fetch.js';

/** Where a forge lets people allow others to act in their name. */
export interface OauthPages {
  /** For people, such as `GitLab`. */
  readonly forge: string;
  readonly authorize: string;
  readonly token: string;
  /** What is asked for; where there is none the forge knows it by the client. */
  readonly scope?: string;
  /** Whether an error of a code that is not one of RFC 6749 for it says that what was shown is of no use. */
  isWornOut?(code: string, description: string): boolean;
}

/** Codes of an error (RFC 6749, 5.2, and GitHub's own) that say that what was shown is of no use (any more). */
const WORN_OUT: readonly string[] = ['invalid_grant', 'bad_verification_code', 'bad_refresh_token'];
/** Those that say that the forge does not take the client. */
const NO_CLIENT: readonly string[] = ['invalid_client', 'unauthorized_client', 'incorrect_client_credentials', 'redirect_uri_mismatch', 'invalid_scope', 'unsupported_grant_type', 'invalid_request', 'application_suspended', 'Not Found'];

/** OAuth 2's authorization code with PKCE, and refresh tokens, as every forge has it. `limits`: of what is called at a time. */
export function oauthOf(pages: OauthPages, parts: Pick<ForgeParts, 'fetch' | 'memory' | 'clock' | 'onCall'>, limits: Partial<ForgeLimits> = {}): Omit<ForgePeople, 'whose'> {
  const { fetch, memory, clock, onCall } = parts;
  const way = plainErrors(createForgeFetch({ fetch, memory, clock, credentialKey: 'oauth', limits: { ...limits, rememberedBytes: 0 }, ...(onCall && { onCall }) }));
  const asked = async (answer: Promise<oidc.TokenEndpointResponse>, again: string): Promise<PersonalGrant> => {
    const called = clock();
    try {
      const { access_token: accessToken, refresh_token: refreshToken, expires_in: seconds } = await answer;
      return { accessToken, ...present({ refreshToken, expiresAt: seconds === undefined ? undefined : instant(called + Math.floor(seconds * 1_000)) }) };
    } catch (error) {
      throw failureOf(error, pages, again);
    }
  };
  return {
    authorizeUrl(client, { state, redirectUri, challenge }) {
      return oidc.buildAuthorizationUrl(configurationOf(pages, client, way), { redirect_uri: redirectUri, state, code_challenge: challenge, code_challenge_method: 'S256', ...present({ scope: pages.scope }) });
    },
    exchange(client, { code, redirectUri, verifier }) {
      const back = new URL(redirectUri);
      back.search = new URLSearchParams({ code }).toString();
      // the state has been compared by whoever got the code
      return asked(oidc.authorizationCodeGrant(configurationOf(pages, client, way), back, { pkceCodeVerifier: verifier }), 'begin again');
    },
    refresh(client, refreshToken) {
      return asked(oidc.refreshTokenGrant(configurationOf(pages, client, way), refreshToken), 'link the account again');
    },
  };
}

function configurationOf({ authorize, token }: OauthPages, { id, secret }: OauthClient, way: oidc.CustomFetch): oidc.Configuration {
  const { origin, protocol } = new URL(authorize);
  // every forge takes the secret in the body; not all of them take it in a header
  const made = new oidc.Configuration({ issuer: origin, authorization_endpoint: authorize, token_endpoint: token }, id, undefined, secret === undefined ? oidc.None() : oidc.ClientSecretPost(secret));
  if (protocol === 'http:') oidc.allowInsecureRequests(made);
  made[oidc.customFetch] = way;
  return made;
}

/** GitHub says its errors with status 200, and GitLab beside the body in a header that the library would read instead: told as RFC 6749 has it. */
function plainErrors(way: typeof fetch): oidc.CustomFetch {
  return async (url, { method, headers: sent, body, redirect, signal }) => {
    const response = await way(url, { method, headers: sent, redirect, ...(body instanceof URLSearchParams && { body }), ...(signal && { signal }) });
    const text = await response.text();
    const isError = response.status < 500 && /^\s*\{/.test(text) && /"error"\s*:\s*"/.test(text);
    const headers = { 'content-type': 'application/json' };
    return isError ? new Response(text, { status: 400, headers }) : new Response(text, { status: response.status, headers });
  };
}

/** The forge's words go no further than its code: its descriptions may hold what was sent to it. */
function failureOf(error: unknown, { forge, isWornOut }: OauthPages, again: string): SluiceError {
  const ours = [error, error instanceof Error ? error.cause : undefined].find((candidate) => candidate instanceof SluiceError);
  if (ours) return ours;
  if (!(error instanceof oidc.ResponseBodyError)) return new Unavailable(`${forge} answers with something else than a token`);
  const { error: code, error_description: description = '' } = error;
  const shown = printableLine(code, 60);
  if (WORN_OUT.includes(code) || isWornOut?.(code, description) === true) return new Unauthenticated(`${forge} does not take it any more (${shown}): ${again}`);
  if (NO_CLIENT.includes(code)) return new Forbidden(`${forge} does not take Sluice's OAuth client (${shown}): its id, its secret and its redirect address must be as they are registered there`);
  return new Unavailable(`${forge} answers with something else than a token (${shown})`);
}
