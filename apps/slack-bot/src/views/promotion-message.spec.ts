import { promotionDetail, type PromotionDetail } from '@sluice/contracts';
import { fingerprint, progressMessage, promotionMessage } from './promotion-message.js';

const verdict = (gate: string, message = 'waits') => ({ gate, type: 'approvals', outcome: 'wait' as const, message, since: '2026-01-01T00:00:00Z', evidence: {} });

function detail(fields: Partial<PromotionDetail> = {}): PromotionDetail {
  const base = { id: 'qa-checkout-1', repository: 'shop', application: 'checkout', from: 'dev', target: 'qa', state: 'open', kind: 'change', source: 'a'.repeat(40), digest: 'd'.repeat(64), title: 'Promote checkout', createdAt: 't', updatedAt: 't', origin: 'a'.repeat(40), head: 'a'.repeat(40), attempt: 1, authors: [], verdicts: [verdict('approvals')], approvals: [], notes: [], changedPaths: [], timeline: [], actions: [] };
  return { ...promotionDetail.parse(base), ...fields };
}

describe('the message of a promotion', () => {
  it('has buttons as long as it can be decided on', () => {
    const types = (state: PromotionDetail['state']) => promotionMessage(detail({ state })).blocks.map(({ type }) => type);
    expect(types('open')).toContain('actions');
    for (const state of ['merging', 'live', 'rejected', 'superseded', 'rolled-back', 'degraded'] as const) expect(types(state)).not.toContain('actions');
  });

  it('lets no text of others mention anybody or make a link', () => {
    const text = JSON.stringify(promotionMessage(detail({ title: '<!channel> <https://evil.example|here> & more', verdicts: [verdict('approvals', '<@U1>')] })));
    expect(text).not.toMatch(/<!channel|<https:\/\/evil|<@U1/);
  });

  it('lets Slack make no mentions of names and channels in it by itself', () => {
    const texts = promotionMessage(detail({ title: '@channel #general' })).blocks.flatMap((block) => (block.type === 'section' ? [block.text] : block.type === 'context' ? block.elements : []));
    expect(texts.length).toBeGreaterThan(2);
    for (const each of texts) expect(each).toMatchObject({ type: 'mrkdwn', verbatim: true });
  });

  it('says how a decision stands on the forge, where its person has linked an account there', () => {
    const said = (written: { login?: string; notOwn?: string }) => JSON.stringify(promotionMessage(detail({ approvals: [{ person: 'grace' as never, decision: 'approved', comment: '', door: 'slack', at: 't', written }] })));
    expect(said({ login: 'grace-h' })).toContain('Approved by *grace* (on the forge as grace-h’s own review)');
    expect(said({ notOwn: 'the token <was> revoked' })).toContain('Approved by *grace* (on the forge written by Sluice: the token &lt;was&gt; revoked)');
    expect(said({})).toContain('Approved by *grace*"');
  });

  it('stays within Slack’s limits, however many gates and approvals there are', () => {
    const { blocks } = promotionMessage(detail({ verdicts: Array.from({ length: 200 }, (_, index) => verdict(`gate-${index}`, 'x'.repeat(500))), approvals: Array.from({ length: 200 }, () => ({ person: detail().authors[0]?.person ?? ('grace' as never), decision: 'approved' as const, comment: 'y'.repeat(400), door: 'api', at: 't' })) }));
    for (const block of blocks) if (block.type === 'section') expect(block.text?.text.length).toBeLessThanOrEqual(3_000);
  });

  it('is the same as long as only time has passed', () => {
    expect(fingerprint(promotionMessage(detail({ updatedAt: 'later' })))).toBe(fingerprint(promotionMessage(detail())));
    expect(fingerprint(promotionMessage(detail({ state: 'merging' })))).not.toBe(fingerprint(promotionMessage(detail())));
  });

  it('tells in its thread only what is new', () => {
    const timeline = [{ at: 't', what: 'opened' }, { at: 't', what: 'merged', by: 'grace' }];
    expect(progressMessage(detail({ timeline }), 1)).toBe('• merged by grace');
    expect(progressMessage(detail({ timeline }), 2)).toBeUndefined();
  });
});
