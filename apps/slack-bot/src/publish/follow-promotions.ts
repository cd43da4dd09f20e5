import { API, type EventDto } from '@sluice/contracts';
import type { Logger } from '@sluice/runtime';
import { followEvents } from '../sluice/follow-events.js';
import type { Notes } from '../sluice/notes.js';
import type { SluiceApi } from '../sluice/sluice-api.js';
import { isOver } from '../views/promotion-message.js';
import type { Publisher } from './publisher.js';

interface Parts {
  readonly api: SluiceApi;
  readonly notes: Notes;
  readonly publisher: Publisher;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly sweep: number;
}

const UNFINISHED = ['open', 'ready', 'merging', 'rolling-out', 'degraded'] as const;
const NOTE_CURSOR_EVERY = 2_000;

/** Hears of promotions, and looks now and then, since what was heard may be lost. What is told comes from the server each time, never from an event. */
export class FollowPromotions {
  private cursor: string | undefined;
  private noted: string | undefined;

  constructor(private readonly parts: Parts) {}

  /** Runs until the signal ends it. */
  async run(): Promise<void> {
    const { notes, sweep } = this.parts;
    const from = await notes.cursor();
    this.cursor = from;
    this.noted = from;
    const timers = [setInterval(() => this.sweepNow(), sweep), setInterval(() => void this.noteCursor(), NOTE_CURSOR_EVERY)];
    try {
      await this.follow(from);
    } finally {
      // also when the signal came before there was anything to end
      timers.forEach(clearInterval);
    }
  }

  private async follow(from: string | undefined): Promise<void> {
    const { api, log, signal } = this.parts;
    if (!signal.aborted) await this.lookAtAll().catch((error: unknown) => log.warn({ err: error }, 'promotions could not be looked at'));
    const heard = {
      event: (event: EventDto, cursor: string | undefined) => {
        this.heard(event);
        this.cursor = cursor;
      },
      reset: (cursor: string | undefined) => {
        this.cursor = cursor;
        this.sweepNow();
      },
    };
    await followEvents({ api, heard, log, signal }, from);
  }

  private sweepNow(): void {
    void this.lookAtAll().catch((error: unknown) => this.parts.log.warn({ err: error }, 'promotions could not be looked at'));
  }

  /** Everything that is not over, and every message that says so of something. */
  async lookAtAll(): Promise<void> {
    const { api, notes, publisher } = this.parts;
    for (const state of UNFINISHED) {
      let cursor: string | undefined;
      do {
        const page = await api.call(API.promotions, { query: { state, limit: 200, cursor } });
        for (const { repository, id, target } of page.items) publisher.changed(repository, id, target);
        cursor = page.next;
      } while (cursor !== undefined);
    }
    for (const post of await notes.unfinished()) publisher.changedIn({ repository: post.repository, promotion: post.promotion, channel: post.channel });
  }

  private heard({ repository, promotion, environment, type }: EventDto): void {
    if (repository === undefined || environment === undefined) return;
    if (promotion !== undefined) return this.parts.publisher.changed(repository, promotion, environment);
    if (type.startsWith('promotion.') || type.startsWith('rollout.') || type.startsWith('environment.') || type.startsWith('freeze')) void this.lookAt(repository, environment).catch((error: unknown) => this.parts.log.warn({ err: error }, 'promotions could not be looked at'));
  }

  private async lookAt(repository: string, environment: string): Promise<void> {
    const { items } = await this.parts.api.call(API.promotions, { query: { repository, environment, limit: 50 } });
    for (const { id, target, state } of items) if (!isOver(state)) this.parts.publisher.changed(repository, id, target);
  }

  /** Only when everything up to it was told: whoever dies in between hears it again. */
  private async noteCursor(): Promise<void> {
    const { notes, publisher, log } = this.parts;
    const { cursor } = this;
    if (cursor === undefined || cursor === this.noted || !publisher.isIdle) return;
    this.noted = cursor;
    await notes.saveCursor(cursor).catch((error: unknown) => log.warn({ err: error }, 'place in the event stream could not be kept'));
  }
}
