import type { OnApplicationShutdown } from '@nestjs/common';
import { messageOf } from '@sluice/kernel';
import { closeAll, type Logger } from '@sluice/runtime';
import type { AnswerCommands, AssignmentBook, Command, ReportState, RunTests, SyncOnce, Target } from '@sluice/sync';
import type { Settings } from '../config/settings.js';
import type { AgentFigures } from '../health/agent-figures.js';
import type { AgentHealth } from '../health/agent-health.js';
import type { AgentSession } from '../server/agent-session.js';
import { followStream, type StreamPosition } from '../server/follow-stream.js';
import type { RenewKey } from '../server/renew-key.js';
import { Lane } from './lane.js';
import { SyncLane } from './sync-lane.js';
import { throttled } from './throttled.js';

/** A hand that fights the agent over a file costs at most one look a second. */
const DRIFT_GAP_MS = 1_000;
const RETRY_MS = 30_000;
const CLOSE_MS = 3_000;
const LEAST_SPREAD_MS = 1_000;
const MOST_SPREAD_MS = 60_000;

export interface RunnerParts {
  readonly settings: Settings;
  readonly log: Logger;
  readonly session: AgentSession;
  readonly target: Target;
  readonly sync: SyncOnce;
  readonly book: AssignmentBook;
  readonly reports: ReportState;
  readonly commands: AnswerCommands;
  readonly tests: RunTests;
  readonly source: { close(): void };
  readonly health: AgentHealth;
  readonly figures?: AgentFigures | undefined;
  readonly renewKey: RenewKey;
}

/** Runs the agent's lanes: syncing, reports, commands, tests, heartbeat and the stream of hints, none of which waits for another. */
export class AgentRunner implements OnApplicationShutdown {
  private readonly syncing: SyncLane;
  private readonly lanes: readonly Lane[];
  private readonly reporting: Lane;
  private readonly answering: Lane;
  private readonly testing: Lane;
  private readonly drift = throttled(() => this.syncing.wake(false), DRIFT_GAP_MS);
  private readonly position: StreamPosition = {};
  private streaming = false;
  private spread = LEAST_SPREAD_MS;
  private stopWatching: () => Promise<void> = async () => undefined;

  constructor(private readonly parts: RunnerParts) {
    const { settings, log, sync, reports } = parts;
    const patience = () => RETRY_MS;
    this.syncing = new SyncLane({ sync, log, interval: settings.syncInterval, streaming: () => this.streaming, ended: (state) => this.looked(state) });
    this.reporting = new Lane({ name: 'reports', log, patience, interval: () => settings.syncInterval, run: () => settled(reports.flush()) });
    this.answering = new Lane({ name: 'commands', log, patience, interval: () => settings.syncInterval, run: () => settled(this.answer()) });
    const heartbeat = new Lane({ name: 'heartbeat', log, patience, interval: () => settings.heartbeatInterval, run: () => settled(this.beat()) });
    // whoever comes back while the server is still down does not come again before the others
    const stream = new Lane({ name: 'stream', log, patience, spread: () => this.spread, interval: () => 200 + Math.random() * this.spread, run: (signal) => settled(this.follow(signal)) });
    this.testing = new Lane({ name: 'tests', log, patience, interval: () => settings.syncInterval, run: (signal) => settled(parts.tests.work(signal)) });
    const renewing = new Lane({ name: 'key', log, patience, interval: () => settings.syncInterval, run: () => settled(this.renewKey()) });
    this.lanes = [stream, heartbeat, this.answering, this.reporting, this.testing, renewing];
    reports.whenChanged(() => this.reporting.wake(false));
  }

  async start(): Promise<void> {
    this.stopWatching = await this.parts.target.watch(() => this.drift.call());
    this.syncing.start();
    for (const lane of this.lanes) lane.start();
  }

  /** Finishes the file under way, says the last state if the server takes it quickly, and ends. */
  async onApplicationShutdown(): Promise<void> {
    this.drift.cancel();
    const closings = [
      { name: 'watch', close: this.stopWatching },
      { name: 'sync', close: () => this.syncing.stop() },
      { name: 'last report', close: () => this.parts.reports.flush() },
      ...this.lanes.map((lane) => ({ name: 'lane', close: () => lane.stop() })),
      { name: 'repository', close: () => this.parts.source.close() },
    ];
    for (const { name, error } of await closeAll(closings, CLOSE_MS)) this.parts.log.debug({ name, reason: messageOf(error) }, 'a part of the agent did not close cleanly');
  }

  /** Takes a command of the server. */
  handle({ kind, run }: Command): void {
    if (kind === 'test') return this.test(run);
    this.parts.reports.again();
    if (kind === 'resync') this.syncing.wake(true);
  }

  private test(run: string | undefined): void {
    if (run === undefined) return;
    this.parts.tests.offer(run);
    this.testing.wake();
  }

  private async answer(): Promise<void> {
    if (!this.streaming) await this.parts.commands.poll();
    await this.parts.commands.acknowledge();
  }

  private async renewKey(): Promise<void> {
    if (!(await this.parts.renewKey.look())) return;
    // a cluster that enrols again has no report yet
    this.parts.reports.again();
    this.syncing.wake(true);
  }

  private async beat(): Promise<void> {
    const reply = await this.parts.reports.beat();
    const known = await this.parts.book.known();
    if (known?.revision !== reply.assignmentRevision) this.syncing.wake(true);
  }

  private async follow(signal: AbortSignal): Promise<void> {
    try {
      await followStream({ session: this.parts.session, signal, events: { opened: () => this.opened(), assigned: (assignment) => void this.assigned(assignment), commanded: (command) => this.commanded(command), spread: (milliseconds) => this.spreadOver(milliseconds) } }, this.position);
    } catch (error) {
      if (!this.streaming) throw error;
      this.parts.log.debug({ err: error }, 'the stream broke off; it is opened again');
    } finally {
      this.setStreaming(false);
    }
  }

  private opened(): void {
    this.setStreaming(true);
    this.parts.log.debug({}, 'the stream is open');
    this.syncing.wake(true);
    this.reporting.wake();
    this.answering.wake();
  }

  private async assigned(assignment: Parameters<AssignmentBook['offer']>[0]): Promise<void> {
    try {
      if (await this.parts.book.offer(assignment)) this.syncing.wake(false);
    } catch (error) {
      this.parts.log.error({ err: error }, 'the agent\'s folder cannot be written');
    }
  }

  private setStreaming(open: boolean): void {
    this.streaming = open;
    if (this.parts.figures) this.parts.figures.connected = open;
  }

  private looked(state: 'settled' | 'again'): void {
    this.parts.health.hasLooked();
    this.parts.figures?.looked(state);
  }

  /** A restart of the server ends all streams at once: a large fleet comes back one after the other. */
  private spreadOver(milliseconds: number): void {
    this.spread = Math.min(Math.max(milliseconds, LEAST_SPREAD_MS), MOST_SPREAD_MS);
  }

  private commanded(command: Parameters<AnswerCommands['offer']>[0]): void {
    this.parts.commands.offer(command);
    this.answering.wake();
  }
}

async function settled(work: Promise<void>): Promise<'settled'> {
  await work;
  return 'settled';
}
