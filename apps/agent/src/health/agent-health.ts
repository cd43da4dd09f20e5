/** An apply may take long, a look that never ends is a fault: after this one without an end, whoever keeps the agent running may start it again. */
const STUCK_MS = 3_600_000;

/** How the agent itself does, for whoever keeps it running; how its target does, its reports say. */
export class AgentHealth {
  private looked: number | undefined;

  /** @param now milliseconds by a clock that nobody sets. @param interval between two looks, milliseconds. */
  constructor(
    private readonly now: () => number,
    private readonly interval: number,
  ) {}

  /** Another look at what is assigned has ended, well or not. */
  hasLooked(): void {
    this.looked = this.now();
  }

  /** Why it should be started again; undefined when it should not. A control plane or a git that does not answer is no reason: what is there is kept. */
  stuck(): string | undefined {
    // before its first look it waits for a server that may be away for days
    if (this.looked === undefined) return undefined;
    const since = this.now() - this.looked;
    return since > Math.max(STUCK_MS, 3 * this.interval) ? `the last look at what is assigned ended ${Math.round(since / 1_000)} s ago` : undefined;
  }

  /** What it still waits for; undefined when it is enrolled and has looked at what is assigned. */
  waiting(): string | undefined {
    return this.looked === undefined ? 'it has not looked at what is assigned yet: it is not enrolled, or has just started' : undefined;
  }
}
