import { wakeKey, type WakeStore, type WakeTarget } from '@sluice/usecases';

interface Row {
  readonly target: WakeTarget;
  revision: number;
  settled: number;
  /** When the oldest unsettled raise came. */
  raisedAt: number;
}

const JOB_WITHIN = 2_000;

export interface FakeWakeStore extends WakeStore {
  /** Keys that no finished run has seen the newest revision of. */
  unsettled(): readonly string[];
}

/** Wakes and timers in memory, with the semantics of the database's. `now`: its clock, in milliseconds. */
export function createFakeWakeStore(now: () => number = Date.now): FakeWakeStore {
  const rows = new Map<string, Row>();
  const timers = new Map<string, { readonly target: WakeTarget; readonly at: number }>();
  const open = (): readonly [string, Row][] => [...rows].filter(([, row]) => row.revision > row.settled);
  const raise = (targets: readonly WakeTarget[]): readonly WakeTarget[] => targets.filter((target) => raiseRow(rows, target, now()));
  return {
    raise: async (targets) => raise(targets),
    pending: async (key) => {
      const row = rows.get(key);
      return row && row.revision > row.settled ? { target: row.target, revision: row.revision } : undefined;
    },
    settle: async (key, revision) => {
      const row = rows.get(key);
      if (!row) return false;
      row.settled = Math.max(row.settled, revision);
      return row.revision > row.settled;
    },
    setTimer: async (id, target, at) => void timers.set(id, { target, at }),
    fireDue: async (limit) => {
      const due = [...timers].filter(([, { at }]) => at <= now()).slice(0, limit);
      for (const [id] of due) timers.delete(id);
      const targets = due.map(([, { target }]) => target);
      raise(targets);
      return targets;
    },
    nextDue: async () => (timers.size === 0 ? undefined : Math.min(...[...timers.values()].map(({ at }) => at)) - now()),
    overdue: async (olderThan, limit) => open().filter(([, { raisedAt }]) => raisedAt <= now() - olderThan).slice(0, limit).map(([, { target }]) => target),
    unsettled: () => open().map(([key]) => key),
  };
}

/** @returns whether it needs a job. */
function raiseRow(rows: Map<string, Row>, target: WakeTarget, at: number): boolean {
  const key = wakeKey(target);
  const row = rows.get(key) ?? { target, revision: 0, settled: 0, raisedAt: at };
  if (row.revision === row.settled) row.raisedAt = at;
  row.revision++;
  rows.set(key, row);
  return row.revision === row.settled + 1 || row.raisedAt < at - JOB_WITHIN;
}
