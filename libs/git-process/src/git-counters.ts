/** Since the start of this Node process. */
export interface GitCounters {
  readonly spawned: number;
  readonly running: number;
  readonly failed: number;
  /** Killed because a deadline passed. */
  readonly timedOut: number;
  /** Requests to long-lived `cat-file` sessions. */
  readonly objectRequests: number;
  /** Processes started, by subcommand. */
  readonly byCommand: Readonly<Record<string, number>>;
}

type Counted = Exclude<keyof GitCounters, 'byCommand' | 'running'>;

const totals: Record<Counted | 'running', number> = { spawned: 0, running: 0, failed: 0, timedOut: 0, objectRequests: 0 };
const byCommand = new Map<string, number>();

/** A snapshot, for metrics and benchmarks. */
export function gitCounters(): GitCounters {
  return { ...totals, byCommand: Object.fromEntries(byCommand) };
}

export function count(what: Counted): void {
  totals[what] += 1;
}

/** For git processes that something else starts (simple-git, a CGI). @returns the function to call when the process has ended. */
export function countProcess(command: string): () => void {
  totals.spawned += 1;
  totals.running += 1;
  byCommand.set(command, (byCommand.get(command) ?? 0) + 1);
  return () => {
    totals.running -= 1;
  };
}
