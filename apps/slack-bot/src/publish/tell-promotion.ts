import { API, type PromotionDetail, type RolloutDto } from '@sluice/contracts';
import { NotFound } from '@sluice/kernel';
import type { Logger } from '@sluice/runtime';
import type { WebClient } from '@slack/web-api';
import type { KeptPost, Notes, Post } from '../sluice/notes.js';
import type { SluiceApi } from '../sluice/sluice-api.js';
import { asksForApproval, fingerprint, isDecided, isOver, progressMessage, promotionMessage, type Message } from '../views/promotion-message.js';
import { findMessage, PARENT, PROGRESS } from './find-message.js';
import type { Pacer } from './pacer.js';
import { slackFailureOf } from './slack-failure.js';

export interface Telling {
  readonly api: SluiceApi;
  readonly notes: Notes;
  readonly client: WebClient;
  readonly team: string;
  readonly log: Logger;
  readonly updates: Pacer;
  /** Slack has taken something for a channel. */
  readonly worked: (channel: string) => void;
}

export interface Place {
  readonly repository: string;
  readonly promotion: string;
  readonly channel: string;
}

interface Look {
  readonly detail: PromotionDetail;
  readonly message: Message;
  readonly shown: string;
}

/** Brings what a channel says of one promotion to what is true now: whatever was missed, the newest is told, and nothing twice. */
export class TellPromotion {
  constructor(private readonly telling: Telling) {}

  /** `posts`: the turns of the channel. `quietly`: leave the thread for later, since others wait. @returns whether the thread is owed something. */
  async run(place: Place, posts: Pacer, quietly: boolean): Promise<boolean> {
    const kept = await this.telling.notes.post(place);
    const look = await this.look(place);
    if (!look) return false;
    if (kept?.post.ts === undefined) {
      await this.postParent(place, kept, look, posts);
      // what was found there may say something else
      return kept !== undefined;
    }
    const ts = kept.post.ts;
    const edited = kept.post.shown === look.shown ? kept : await this.edit({ ...kept, post: { ...kept.post, ts } }, look);
    if (!edited) return this.lost(kept, look, posts);
    try {
      return await this.thread(edited, look, posts, quietly);
    } catch (error) {
      if (slackFailureOf(error)?.kind !== 'message-gone') throw error;
      return this.lost(edited, look, posts);
    }
  }

  /** Somebody has deleted the message: what is still to be decided is told anew; of what is not nothing more is told, now or the next time that it is looked at. */
  private async lost({ post, version }: KeptPost, look: Look, posts: Pacer): Promise<false> {
    const { notes } = this.telling;
    const { state, digest, timeline } = look.detail;
    if (isDecided(state)) await this.keep({ ...post, digest, shown: look.shown, told: timeline.length, telling: undefined, done: isOver(state) }, version, notes);
    else {
      const { repository, promotion, channel } = post;
      await notes.removePost(post);
      await this.postParent({ repository, promotion, channel }, undefined, look, posts);
    }
    return false;
  }

  private async look({ repository, promotion }: Place): Promise<Look | undefined> {
    try {
      const params = { repository, promotion };
      const detail = await this.telling.api.call(API.promotion, { params });
      const rollout = detail.state === 'rolling-out' ? await this.rollout(detail) : undefined;
      const message = promotionMessage(detail, rollout);
      return { detail, message, shown: fingerprint(message) };
    } catch (error) {
      if (error instanceof NotFound) return undefined;
      throw error;
    }
  }

  private async rollout({ repository, target }: PromotionDetail): Promise<RolloutDto | undefined> {
    return this.telling.api.call(API.rollout, { params: { repository, environment: target } }).catch(() => undefined);
  }

  private async postParent(place: Place, kept: KeptPost | undefined, look: Look, posts: Pacer): Promise<void> {
    const { notes, client, team } = this.telling;
    if (!kept && !isNews(look.detail)) return;
    const { since, version: before } = kept ? { since: kept.post.since, version: kept.version } : { since: Date.now(), version: 0 };
    const begun: Post = { ...place, environment: look.detail.target, team, digest: look.detail.digest, shown: look.shown, told: look.detail.timeline.length, done: isOver(look.detail.state), since };
    const version = await notes.savePost(begun, before);
    // another bot is at it
    if (version === undefined) return;
    const metadata = { event_type: PARENT, event_payload: { repository: place.repository, promotion: place.promotion } };
    // posted although nobody heard so: the answer was lost, or the bot died before it could note it
    const found = kept && (await findMessage(this.telling, { channel: place.channel, since: begun.since, metadata }));
    if (found !== undefined) return void (await notes.savePost({ ...begun, ts: found, shown: '' }, version));
    await posts.turn();
    const { ts } = await client.chat.postMessage({ channel: place.channel, ...look.message, metadata, unfurl_links: false, unfurl_media: false });
    this.telling.worked(place.channel);
    if (ts !== undefined) await notes.savePost({ ...begun, ts }, version);
  }

  /** @returns undefined when the message is not there any more. */
  private async edit({ post, version }: KeptPost & { readonly post: { readonly ts: string } }, look: Look): Promise<KeptPost | undefined> {
    const { client, notes, updates } = this.telling;
    await updates.turn();
    try {
      await client.chat.update({ channel: post.channel, ts: post.ts, ...look.message });
    } catch (error) {
      if (slackFailureOf(error)?.kind === 'message-gone') return undefined;
      throw error;
    }
    this.telling.worked(post.channel);
    return this.keep({ ...post, shown: look.shown, digest: look.detail.digest, done: isOver(look.detail.state) && post.told >= look.detail.timeline.length }, version, notes);
  }

  private async keep(post: Post, version: number, notes: Notes): Promise<KeptPost> {
    return { post, version: (await notes.savePost(post, version)) ?? version };
  }

  private async thread(kept: KeptPost, { detail }: Look, posts: Pacer, quietly: boolean): Promise<boolean> {
    const { client, notes } = this.telling;
    const { post } = kept;
    const text = progressMessage(detail, post.told);
    if (text === undefined || post.ts === undefined) return false;
    if (quietly) return true;
    if (await this.isInThread(post)) return this.toldUpTo(kept, post.telling ?? post.told, detail);
    const telling = detail.timeline.length;
    const version = await notes.savePost({ ...post, telling }, kept.version);
    // another bot is at it
    if (version === undefined) return false;
    await posts.turn();
    await client.chat.postMessage({ channel: post.channel, thread_ts: post.ts, text, metadata: progressOf(post, telling), unfurl_links: false, unfurl_media: false });
    this.telling.worked(post.channel);
    return this.toldUpTo({ post, version }, telling, detail);
  }

  /** What was begun to be told there, and whose answer nobody heard. */
  private async isInThread(post: Post): Promise<boolean> {
    if (post.telling === undefined) return false;
    return (await findMessage(this.telling, { channel: post.channel, thread: post.ts, since: post.since, metadata: progressOf(post, post.telling) })) !== undefined;
  }

  /** @returns whether there is more to tell. */
  private async toldUpTo({ post, version }: KeptPost, told: number, { timeline, state }: PromotionDetail): Promise<boolean> {
    await this.keep({ ...post, told, telling: undefined, done: isOver(state) && told >= timeline.length }, version, this.telling.notes);
    return told < timeline.length;
  }
}

function progressOf({ repository, promotion }: Post, upTo: number) {
  return { event_type: PROGRESS, event_payload: { repository, promotion, upTo } };
}

/** What came and went unseen and led to nothing is no news, and neither is a record that changes nothing and asks nobody. */
function isNews(detail: PromotionDetail): boolean {
  if (detail.state === 'superseded') return false;
  return detail.kind !== 'record-only' || asksForApproval(detail);
}
