import { setTimeout as sleep } from 'node:timers/promises';
import { Unavailable } from '@sluice/kernel';
import type { Logger } from '@sluice/runtime';
import type { Pace } from '../settings.js';
import type { Condition } from './condition.js';
import { Pacer } from './pacer.js';
import { slackFailureOf, type SlackFailure } from './slack-failure.js';
import type { Place, TellPromotion } from './tell-promotion.js';

interface Parts {
  readonly tell: TellPromotion;
  readonly channelsOf: (repository: string, environment: string) => readonly string[];
  readonly pace: Pace;
  readonly condition: Condition;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** What is to be told, by channel. Many changes of one promotion are one entry: what is told is how it is when its turn comes. */
export class Publisher {
  private readonly lanes = new Map<string, ChannelLane>();

  constructor(private readonly parts: Parts) {}

  /** A promotion may look different now. */
  changed(repository: string, promotion: string, environment: string): void {
    for (const channel of this.parts.channelsOf(repository, environment)) this.lane(channel).add({ repository, promotion, channel });
  }

  /** Where it is told already, whatever the settings say by now. */
  changedIn(place: Place): void {
    this.lane(place.channel).add(place);
  }

  get isIdle(): boolean {
    return [...this.lanes.values()].every((lane) => lane.isIdle);
  }

  private lane(channel: string): ChannelLane {
    const lane = this.lanes.get(channel) ?? new ChannelLane(this.parts, channel);
    this.lanes.set(channel, lane);
    return lane;
  }
}

/** One channel's news, one after the other. Threads wait until every parent message is right. */
class ChannelLane {
  private readonly news = new Map<string, Place>();
  private readonly owed = new Map<string, Place>();
  private readonly posts: Pacer;
  private running = false;
  private failures = 0;

  constructor(
    private readonly parts: Parts,
    private readonly channel: string,
  ) {
    this.posts = new Pacer(parts.pace.post, parts.signal);
  }

  get isIdle(): boolean {
    return !this.running && this.news.size === 0 && this.owed.size === 0;
  }

  add(place: Place): void {
    const key = `${place.repository}/${place.promotion}`;
    this.owed.delete(key);
    this.news.set(key, place);
    this.start();
  }

  private start(): void {
    if (this.running) return;
    this.running = true;
    void this.work().finally(() => {
      this.running = false;
      // what came between the last look and now
      if (this.news.size > 0 && !this.parts.signal.aborted) this.start();
    });
  }

  private async work(): Promise<void> {
    const { pace, signal } = this.parts;
    await sleep(pace.gather, undefined, { signal }).catch(() => undefined);
    while (!signal.aborted) {
      const [next] = this.news.size > 0 ? this.news : this.owed;
      if (!next) return;
      const [key, place] = next;
      const quietly = this.news.delete(key) && this.news.size > 0;
      this.owed.delete(key);
      await this.one(key, place, quietly);
    }
  }

  private async one(key: string, place: Place, quietly: boolean): Promise<void> {
    try {
      if (await this.parts.tell.run(place, this.posts, quietly)) this.owed.set(key, place);
      this.failures = 0;
    } catch (error) {
      if (this.parts.signal.aborted) return;
      await this.failed(error, key, place);
    }
  }

  private async failed(error: unknown, key: string, place: Place): Promise<void> {
    const { log, signal, pace, condition } = this.parts;
    const failure = slackFailureOf(error);
    if (!failure && !(error instanceof Unavailable)) return log.error({ err: error, promotion: place.promotion, channel: this.channel }, 'promotion could not be told of');
    if (failure?.kind === 'ours') return log.error({ err: error, reason: failure.code, promotion: place.promotion, channel: this.channel }, 'Slack does not take a message of ours');
    this.news.set(key, place);
    this.failures += 1;
    const pause = pauseOf(failure, this.failures, pace.patience);
    if (failure?.kind === 'token' || failure?.kind === 'channel') condition.met(this.channel, failure, [...this.news.values()]);
    else log.warn({ err: error, channel: this.channel, waiting: this.news.size, pause }, 'channel cannot be told of promotions now');
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

function pauseOf(failure: SlackFailure | undefined, failures: number, patience: number): number {
  if (failure?.kind === 'wait') return failure.milliseconds;
  if (failure?.kind === 'channel' || failure?.kind === 'token') return patience;
  return Math.min(500 * 2 ** failures, patience);
}
