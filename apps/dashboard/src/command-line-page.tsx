import { useState } from 'react';
import type { ReactNode } from 'react';
import { API, callApi } from './api.js';
import { useMe } from './session.js';

/** What `sluice login` wants: a challenge that only its own process can answer, and perhaps a port of this machine at which it waits. */
interface Wanted {
  readonly challenge: string;
  readonly port: number | undefined;
  readonly machine: string;
}

function wantedIn(search: string): Wanted {
  const found = new URLSearchParams(search);
  const port = Number(found.get('port'));
  return { challenge: found.get('challenge') ?? '', port: Number.isInteger(port) && port > 1_023 && port < 65_536 ? port : undefined, machine: (found.get('machine') ?? 'some machine').slice(0, 60) };
}

/** Lets the command line sign in as whoever is signed in here. It asks: a link to this page may come from anybody. */
export function CommandLinePage(): ReactNode {
  const me = useMe();
  const [wanted] = useState(() => wantedIn(window.location.search));
  const [code, setCode] = useState<string>();
  const [failure, setFailure] = useState<string>();
  const allow = (): void => {
    callApi(API.createLoginCode, { body: { challenge: wanted.challenge } }).then(
      (made) => {
        setCode(made.code);
        if (wanted.port !== undefined) window.location.assign(`http://127.0.0.1:${wanted.port}/?code=${encodeURIComponent(made.code)}`);
      },
      (error: unknown) => setFailure(error instanceof Error ? error.message : String(error)),
    );
  };
  return (
    <>
      <h1>Sign in on the command line</h1>
      <p>
        <code>sluice login</code> on <strong>{wanted.machine}</strong> wants to act as <strong>{me.displayName}</strong>. Go on only if you have just started it yourself; give the code to nobody.
      </p>
      {failure === undefined ? null : (
        <p className="note bad" role="alert">
          {failure}
        </p>
      )}
      {code === undefined ? (
        <button type="button" onClick={allow}>
          Allow
        </button>
      ) : (
        <>
          <p role="status">Paste this code where it is asked for, within 10 minutes:</p>
          <pre>{code}</pre>
        </>
      )}
    </>
  );
}
