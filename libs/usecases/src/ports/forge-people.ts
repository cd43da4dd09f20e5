import type { Instant } from '@sluice/kernel';

/** How people let Sluice act in their name on a forge: by a token of theirs, or by OAuth 2 (authorization code with PKCE). No token is ever in an error or a log. */
export interface ForgePeople {
  /** The login that a token is of. @throws Unauthenticated when it is nobody's; Forbidden naming the scope that is missing, as far as the forge tells */
  whose(token: string): Promise<string>;
  /** The page on which somebody allows it. `challenge`: S256 of the verifier. */
  authorizeUrl(client: OauthClient, asked: { readonly state: string; readonly redirectUri: string; readonly challenge: string }): URL;
  /** @throws Unauthenticated when the code is not (any more) one; Forbidden when the forge does not take the client (id, secret or redirect address) */
  exchange(client: OauthClient, given: { readonly code: string; readonly redirectUri: string; readonly verifier: string }): Promise<PersonalGrant>;
  /** The old refresh token is of no use afterwards where the answer has a new one. @throws Unauthenticated when it is good for nothing any more; Forbidden when the forge does not take the client */
  refresh(client: OauthClient, refreshToken: string): Promise<PersonalGrant>;
}

/** As it is registered at the forge. */
export interface OauthClient {
  readonly id: string;
  /** Absent: a public client, which PKCE alone protects. GitHub has none of these. */
  readonly secret?: string;
}

export interface PersonalGrant {
  readonly accessToken: string;
  readonly refreshToken?: string;
  /** Absent: until it is revoked. */
  readonly expiresAt?: Instant;
}
