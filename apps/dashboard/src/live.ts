import { useCallback, useEffect, useRef, useState } from 'react';
import { API, ApiError } from './api.js';

/** Reads that come close together are done once, this many milliseconds after the first event. */
const GATHER = 150;
/** Also looked at this often without any event: countdowns end, and messages get lost. */
const SWEEP = 15_000;

type Listener = () => void;
const listeners = new Set<Listener>();
let source: EventSource | undefined;
let connected = false;
const watchers = new Set<(connected: boolean) => void>();

function setConnected(now: boolean): void {
  connected = now;
  for (const watcher of watchers) watcher(now);
}

/** One event stream for the whole page; the browser reconnects it and resumes where it was. */
function open(): void {
  source = new EventSource(API.events.path, { withCredentials: true });
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  source.addEventListener('open', () => {
    setConnected(true);
    tell();
  });
  source.addEventListener('message', tell);
  source.addEventListener('event', tell);
  source.addEventListener('reset', tell);
  source.addEventListener('error', () => setConnected(false));
}

function listen(listener: Listener): () => void {
  listeners.add(listener);
  if (!source || source.readyState === EventSource.CLOSED) open();
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    source?.close();
    source = undefined;
    setConnected(false);
  };
}

/** Whether events arrive. */
export function useConnected(): boolean {
  const [now, setNow] = useState(connected);
  useEffect(() => {
    watchers.add(setNow);
    return () => void watchers.delete(setNow);
  }, []);
  return now;
}

export interface Live<T> {
  readonly value?: T;
  readonly error?: ApiError;
  readonly reload: () => void;
}

/** Reads something, and reads it again whenever the server says that something happened. An error keeps the last value on the page. */
export function useLive<T>(read: () => Promise<T>, key: string): Live<T> {
  const [state, setState] = useState<{ key: string; value?: T; error?: ApiError }>({ key });
  const reader = useRef(read);
  reader.current = read;
  const load = useCallback(() => {
    reader.current().then(
      (value) => setState({ key, value }),
      (error: unknown) => setState((before) => ({ ...(before.key === key ? before : { key }), error: error instanceof ApiError ? error : new ApiError(0, String(error)) })),
    );
  }, [key]);
  useEffect(() => {
    let timer: number | undefined;
    const soon = (): void => {
      timer ??= window.setTimeout(() => {
        timer = undefined;
        load();
      }, GATHER);
    };
    load();
    const sweep = window.setInterval(load, SWEEP);
    const stop = listen(soon);
    return () => {
      stop();
      window.clearInterval(sweep);
      window.clearTimeout(timer);
    };
  }, [load]);
  const current = state.key === key ? state : { key };
  return { ...('value' in current && current.value !== undefined ? { value: current.value } : {}), ...(current.error ? { error: current.error } : {}), reload: load };
}

/** The time, once a second, for countdowns and ages. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = window.setInterval(() => setNow(Date.now()), 1_000);
    return () => window.clearInterval(timer);
  }, []);
  return now;
}
