import { promotionDetail, type PromotionDetail } from '@sluice/contracts';
import { createLogger } from '@sluice/runtime';
import type { KeptPost, Post } from '../sluice/notes.js';
import { fingerprint, promotionMessage } from '../views/promotion-message.js';
import { Pacer } from './pacer.js';
import { TellPromotion, type Telling } from './tell-promotion.js';

const PLACE = { repository: 'shop', promotion: 'qa-checkout-1', channel: 'C1' };

function detail(state: PromotionDetail['state']): PromotionDetail {
  return promotionDetail.parse({ id: PLACE.promotion, repository: 'shop', application: 'checkout', from: 'dev', target: 'qa', state, kind: 'change', source: 'a'.repeat(40), digest: 'd'.repeat(64), title: 'Promote checkout', createdAt: 't', updatedAt: 't', origin: 'a'.repeat(40), head: 'a'.repeat(40), attempt: 1, authors: [], verdicts: [], approvals: [], notes: [], changedPaths: [], timeline: [{ at: 't', what: 'opened' }, { at: 't', what: 'merged' }], actions: [] });
}

/** A channel in which somebody has deleted the message of a promotion. */
function afterDeletion(state: PromotionDetail['state'], fields: Partial<Post> = {}) {
  const shown = detail(state);
  const calls: string[] = [];
  const gone = (name: string, error: string) => () => {
    calls.push(name);
    return Promise.reject(Object.assign(new Error(error), { code: 'slack_webapi_platform_error', data: { error } }));
  };
  let kept: KeptPost | undefined = { version: 1, post: { ...PLACE, environment: 'qa', team: 'T1', ts: '1.000001', digest: shown.digest, shown: 'as it was', told: 2, done: false, since: 0, ...fields } };
  const notes = {
    post: () => Promise.resolve(kept),
    savePost: (post: Post) => Promise.resolve((kept = { post, version: (kept?.version ?? 0) + 1 }).version),
    removePost: () => Promise.resolve((kept = undefined)),
  };
  const posted = (): Promise<{ readonly ts: string }> => {
    calls.push('post');
    return Promise.resolve({ ts: '2.000001' });
  };
  const client = { chat: { update: gone('edit', 'message_not_found'), postMessage: posted }, conversations: { replies: gone('replies', 'thread_not_found') } };
  const pacer = new Pacer(0, new AbortController().signal);
  const telling = { api: { call: () => Promise.resolve(shown) }, notes, client, team: 'T1', log: createLogger({ name: 'test', level: 'silent' }), updates: pacer, worked: () => undefined } as unknown as Telling;
  const look = async (): Promise<readonly string[]> => {
    calls.length = 0;
    await new TellPromotion(telling).run(PLACE, pacer, false);
    return [...calls];
  };
  return { look, kept: () => kept?.post };
}

describe('a message that somebody has deleted', () => {
  it('is posted again as long as there is something to decide', async () => {
    const { look, kept } = afterDeletion('open');
    expect(await look()).toEqual(['edit', 'post']);
    expect(kept()).toMatchObject({ ts: '2.000001' });
  });

  it('is left when there is not, however often it is looked at', async () => {
    const { look } = afterDeletion('rolling-out');
    expect(await look()).toEqual(['edit']);
    expect(await look()).toEqual([]);
  });

  it('is left also when its thread was being told', async () => {
    const shown = fingerprint(promotionMessage(detail('live')));
    const { look, kept } = afterDeletion('live', { shown, told: 1, telling: 2 });
    expect(await look()).toEqual(['replies']);
    expect(kept()).toMatchObject({ done: true });
    expect(await look()).toEqual([]);
  });
});
