/** What this process has done since it started: what it costs is how often. */
export interface Activity {
  composes: number;
  /** Calls of the forge by `port.method`. */
  readonly forgeCalls: Map<string, number>;
}

export function newActivity(): Activity {
  return { composes: 0, forgeCalls: new Map() };
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
