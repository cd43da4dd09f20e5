import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { API, callApi } from './api.js';

/** What the server sends somebody back with whose sign-in went wrong: `/signed-out#why`. */
export function messageInAddress(): string {
  if (window.location.pathname !== '/signed-out') return '';
  const message = decoded(window.location.hash.slice(1)).slice(0, 500);
  window.history.replaceState(null, '', '/');
  return message;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}

/** The ways in. Whoever signs in comes back to the page that they wanted. */
export function SignedOut({ message }: { readonly message: string }): ReactNode {
  const provider = useProvider();
  const next = window.location.pathname === '/login' ? '/' : `${window.location.pathname}${window.location.search}`;
  return (
    <main className="signed-out">
      <h1>Sluice</h1>
      {message === '' ? null : (
        <p className="note bad" role="alert">
          {message}
        </p>
      )}
      {provider === undefined ? null : (
        <p>
          <a className="button" href={`/oidc/start?next=${encodeURIComponent(next)}`}>
            Sign in with {provider}
          </a>
        </p>
      )}
      <p>You are not signed in. Make a login link on a terminal and open it here:</p>
      <pre>npx sluice login --link</pre>
      <p className="quiet">It works once, for 10 minutes.</p>
    </main>
  );
}

function useProvider(): string | undefined {
  const [name, setName] = useState<string>();
  useEffect(() => {
    callApi(API.signInWays).then(
      ({ oidc }) => setName(oidc?.name),
      () => undefined,
    );
  }, []);
  return name;
}
