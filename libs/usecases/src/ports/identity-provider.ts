import type { PendingSignIn } from './people.js';

/** What a provider says of somebody, in a token that it signed for us and for this sign-in. */
export interface ProvenIdentity {
  readonly issuer: string;
  readonly subject: string;
  /** What the person likes to be called, when the provider says so: not unique, and no proof of anything. */
  readonly wantedName?: string;
  readonly displayName?: string;
  readonly email?: string;
  /** Whether the provider says that the address is this person's. */
  readonly emailVerified: boolean;
  /** Absent: the provider sent no groups, or they were too many for its token. */
  readonly groups?: readonly string[];
}

/** OpenID Connect, authorization code with PKCE (RFC 6749, RFC 7636, OpenID Connect Core 1.0). */
export interface IdentityProvider {
  /** Where to send the browser, and what its coming back has to match. @throws Unavailable when the provider does not answer. */
  begin(next: string): Promise<{ readonly url: string; readonly pending: PendingSignIn }>;
  /** `callback`: the whole address that the browser came back to. @throws Unauthenticated when anything is not as it has to be; Unavailable. */
  finish(callback: string, pending: PendingSignIn): Promise<ProvenIdentity>;
}
