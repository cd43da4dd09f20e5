import type { RemoteForgeKind } from '@sluice/usecases';

/** What this process has done since it started: what it costs is how often. */
export interface Activity {
  composes: number;
  /** Calls of the forge by `port.method`. */
  readonly forgeCalls: Map<string, number>;
  /** Calls over the network, by the kind of forge and what came of them. */
  readonly remoteCalls: Map<RemoteForgeKind, Map<string, number>>;
}

export function newActivity(): Activity {
  return { composes: 0, forgeCalls: new Map(), remoteCalls: new Map() };
}

/** The same object, with a note for each call of one of its methods. */
export function observed<Port extends object>(port: Port, note: (method: string) => void): Port {
  return new Proxy(port, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key);
      if (typeof member !== 'function') return member;
      return (...args: unknown[]): unknown => {
        note(String(key));
        return Reflect.apply(member, target, args);
      };
    },
  });
}

/** A forge's port whose calls are counted. */
export function countedForge<Port extends object>(activity: Activity, name: string, port: Port): Port {
  return observed(port, (method) => {
    const key = `${name}.${method}`;
    activity.forgeCalls.set(key, (activity.forgeCalls.get(key) ?? 0) + 1);
  });
}

/** Notes a call of a forge over the network. */
export function countRemoteCall({ remoteCalls }: Activity, kind: RemoteForgeKind, { status, limited }: { readonly status?: number; readonly limited?: true }): void {
  const counts = remoteCalls.get(kind) ?? new Map<string, number>();
  const outcome = limited ? 'limited' : outcomeOf(status);
  remoteCalls.set(kind, counts.set(outcome, (counts.get(outcome) ?? 0) + 1));
}

/** In few words: each is a series of its own. */
function outcomeOf(status: number | undefined): string {
  if (status === undefined) return 'unanswered';
  if (status >= 500) return 'fault';
  if (status === 401 || status === 403) return 'refused';
  if (status >= 400) return 'rejected';
  return status === 304 ? 'unchanged' : 'done';
}
