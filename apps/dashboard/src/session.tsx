import type { Me } from '@sluice/contracts';
import { createContext, useContext, useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { API, ApiError, callApi } from './api.js';
import { SignedOut, messageInAddress } from './signed-out.js';

const Session = createContext<Me | undefined>(undefined);

/** Who is signed in; only below {@link SessionGate}. */
export function useMe(): Me {
  const me = useContext(Session);
  if (!me) throw new Error('useMe outside of a session');
  return me;
}

type State = { readonly kind: 'asking' } | { readonly kind: 'in'; readonly me: Me } | { readonly kind: 'out'; readonly message: string };

/**
 * Shows what is inside to who is signed in. A login link (`/login#secret`) is spent by POST: the secret is in the fragment, which no server log sees, and it leaves the
 * address bar before anything else happens.
 */
export function SessionGate({ children }: { readonly children: ReactNode }): ReactNode {
  const [state, setState] = useState<State>({ kind: 'asking' });
  useEffect(() => {
    let gone = false;
    void enter().then((next) => {
      if (!gone) setState(next);
    });
    return () => {
      gone = true;
    };
  }, []);
  if (state.kind === 'asking') return <p className="quiet">Signing in …</p>;
  if (state.kind === 'out') return <SignedOut message={state.message} />;
  return <Session.Provider value={state.me}>{children}</Session.Provider>;
}

// React runs effects twice while developing; a link works once.
let entering: Promise<State> | undefined;

function enter(): Promise<State> {
  entering ??= signInOrAsk();
  return entering;
}

async function signInOrAsk(): Promise<State> {
  const secret = window.location.pathname === '/login' ? decodeURIComponent(window.location.hash.slice(1)) : '';
  if (secret !== '') window.history.replaceState(null, '', '/');
  const refused = messageInAddress();
  try {
    return { kind: 'in', me: secret === '' ? await callApi(API.me) : await callApi(API.signIn, { body: { secret } }) };
  } catch (error) {
    if (error instanceof ApiError && error.status === 401 && secret === '') return { kind: 'out', message: refused };
    return { kind: 'out', message: error instanceof Error ? error.message : String(error) };
  }
}
