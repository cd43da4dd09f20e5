import { Unavailable } from '@sluice/kernel';
import type { ReportJournal } from './ports/agent-state.js';
import type { ControlPlane, HeartbeatReply } from './ports/control-plane.js';
import { boundCondition, conditionDigest, sealReport } from './seal-report.js';
import type { AgentCondition, StateReport } from './state-report.js';

export interface ReportParts {
  readonly control: Pick<ControlPlane, 'report' | 'heartbeat'>;
  readonly journal: ReportJournal;
  readonly agentVersion: string;
}

const ATTEMPTS = 3;

/**
 * Tells the server the newest condition. Conditions are coalesced: while one cannot be sent, only the newest waits, so nothing grows. Every report has a number of its own that survives
 * restarts; one that may have arrived is sent again under its number. Where the server's record differs, the whole state is sent again above the server's number.
 */
export class ReportState {
  private condition: AgentCondition | undefined;
  private digest = '';
  /** What the server is known to hold. */
  private held = { sequence: 0, digest: '' };
  private inFlight: StateReport | undefined;
  private floor = 0;
  private changed: () => void = () => undefined;

  constructor(private readonly parts: ReportParts) {}

  /** Whom to call when there is something to send. */
  whenChanged(listener: () => void): void {
    this.changed = listener;
  }

  /** Replaces what is to be said. */
  set(condition: AgentCondition): void {
    this.condition = boundCondition(condition);
    this.digest = conditionDigest(this.condition, this.parts.agentVersion);
    if (this.pending) this.changed();
  }

  get pending(): boolean {
    return this.condition !== undefined && this.digest !== this.held.digest;
  }

  /** Sends the whole state again, numbered above `sequence`. */
  again(sequence = 0): void {
    this.floor = Math.max(this.floor, sequence);
    this.held = { sequence: this.held.sequence, digest: '' };
    this.inFlight = undefined;
    if (this.pending) this.changed();
  }

  /** Sends until the server holds the newest condition. @throws Unavailable; what was not sent stays pending. */
  async flush(): Promise<void> {
    let refused = 0;
    while (this.pending) {
      const report = await this.next();
      if (!report) return;
      const receipt = await this.parts.control.report(report);
      this.inFlight = undefined;
      if (receipt.applied || receipt.digest === report.digest) this.held = { sequence: report.sequence, digest: report.digest };
      else {
        this.floor = Math.max(this.floor, receipt.sequence);
        refused += 1;
      }
      if (refused >= ATTEMPTS) throw new Unavailable('the control plane does not take this agent\'s reports: does another agent report under the same cluster name?');
    }
  }

  /** Says that the agent is alive and compares what both sides hold. @returns the server's answer, for the assignment's revision in it. */
  async beat(): Promise<HeartbeatReply> {
    const held = this.held;
    const reply = await this.parts.control.heartbeat(held);
    // a report that was taken meanwhile explains the difference
    if (reply.resync && held === this.held) this.again(reply.sequence);
    return reply;
  }

  private async next(): Promise<StateReport | undefined> {
    if (!this.condition) return undefined;
    if (this.inFlight?.digest === this.digest) return this.inFlight;
    const { condition } = this;
    const sequence = Math.max(await this.parts.journal.readSequence(), this.floor, this.held.sequence) + 1;
    await this.parts.journal.writeSequence(sequence);
    this.inFlight = sealReport(condition, this.parts.agentVersion, sequence);
    return this.inFlight;
  }
}
