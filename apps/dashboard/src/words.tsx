import { formatDuration } from '@sluice/kernel';
import type { ReactNode } from 'react';
import { useNow } from './live.js';

/** How long ago; the exact time is its title. */
export function Age({ time }: { readonly time: string | undefined }): ReactNode {
  const now = useNow();
  if (time === undefined) return null;
  return (
    <time dateTime={time} title={new Date(time).toLocaleString()}>
      {formatDuration(now - Date.parse(time))}
    </time>
  );
}

/** Time left until; nothing when it has passed. */
export function Countdown({ until }: { readonly until: string | undefined }): ReactNode {
  const now = useNow();
  if (until === undefined || Date.parse(until) <= now) return null;
  return (
    <time className="countdown" dateTime={until} title={new Date(until).toLocaleString()}>
      {formatDuration(Date.parse(until) - now)} left
    </time>
  );
}

export function Commit({ sha }: { readonly sha: string | undefined }): ReactNode {
  return sha === undefined ? null : (
    <code className="commit" title={sha}>
      {sha.slice(0, 8)}
    </code>
  );
}

const TONES: Readonly<Record<string, string>> = {
  Current: 'good',
  pass: 'good',
  live: 'good',
  merged: 'good',
  'rolling-out': 'busy',
  merging: 'busy',
  open: 'busy',
  ready: 'busy',
  wait: 'busy',
  InProgress: 'busy',
  promoting: 'busy',
  waiting: 'busy',
  Failed: 'bad',
  fail: 'bad',
  rejected: 'bad',
  degraded: 'bad',
  'rolled-back': 'bad',
  tampered: 'bad',
  conflicted: 'bad',
  blocked: 'bad',
  held: 'bad',
};

/** A state as a word with a colour; the word alone says it all. */
export function Badge({ state, title }: { readonly state: string; readonly title?: string }): ReactNode {
  return (
    <span className={`badge ${TONES[state] ?? 'calm'}`} title={title}>
      {state}
    </span>
  );
}

export function ErrorNote({ message }: { readonly message: string | undefined }): ReactNode {
  return message === undefined ? null : (
    <p className="note bad" role="alert">
      {message}
    </p>
  );
}
