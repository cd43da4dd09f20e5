import { promotionDetail, type PromotionDetail } from '@sluice/contracts';
import { refusalOf } from '@sluice/slack-double';
import fc from 'fast-check';
import { cut, line } from '../text/mrkdwn.js';
import { homeView } from './home-view.js';
import { notificationMessage } from './notification-message.js';
import { messageView, promoteView } from './modals.js';
import { promotionMessage } from './promotion-message.js';

// what people write, and what grows when it is escaped
const text = (maxLength: number) => fc.oneof(fc.string({ maxLength, unit: 'grapheme' }), fc.constantFrom('&', '<!channel>', '💥', '\u202e', 'x').map((each) => each.repeat(maxLength)));
const name = fc.constantFrom('a', 'checkout', 'x'.repeat(63));
const many = <T>(of: fc.Arbitrary<T>) => fc.oneof(fc.array(of, { maxLength: 3 }), of.map((one) => Array<T>(120).fill(one)));

const verdict = fc.record({ gate: text(200), message: text(1_000), outcome: fc.constantFrom('pass' as const, 'wait' as const, 'fail' as const) }).map((fields) => ({ ...fields, type: 'approvals', since: '2026-01-01T00:00:00Z', evidence: {} }));
const approval = text(3_000).map((comment) => ({ person: 'grace', decision: 'approved', comment, door: 'slack', at: 't' }));
const detail: fc.Arbitrary<PromotionDetail> = fc
  .record({ application: name, applications: many(name), target: name, title: text(500), repository: name, requester: fc.constant('grace'), verdicts: many(verdict), approvals: many(approval), waitsFor: text(1_000), state: fc.constantFrom('open', 'rolling-out', 'live') })
  .map((fields) => promotionDetail.parse({ ...fields, id: 'qa-1', from: 'dev', kind: 'change', source: 'a'.repeat(40), digest: 'd'.repeat(64), createdAt: 't', updatedAt: 't', origin: 'a'.repeat(40), head: 'a'.repeat(40), attempt: 1, authors: [], notes: [], changedPaths: [], timeline: [], actions: [] }));

const RUNS = { numRuns: 60 };

describe('Slack takes, whatever is in it,', () => {
  it('the message of a promotion', () => {
    fc.assert(fc.property(detail, (each) => {
      const { text: title, blocks } = promotionMessage(each);
      expect(refusalOf('message', blocks)).toBeUndefined();
      expect(title.length).toBeLessThanOrEqual(4_000);
    }), RUNS);
  });

  it('App Home, also when promotions of several repositories have the same name', () => {
    fc.assert(fc.property(many(detail), (waiting) => expect(refusalOf('home', homeView(waiting, 'grace'))).toBeUndefined()), RUNS);
  });

  it('what rules tell, however much is told together', () => {
    const notice = fc.record({ title: text(150), message: text(1_000), next: text(300), by: text(100) }).map((fields) => ({ ...fields, event: 'degraded', link: `https://sluice.example.org/promotions/shop/${'x'.repeat(80)}`, place: {} }));
    fc.assert(fc.property(many(notice), text(150), fc.constantFrom(0, 7), (notices, title, more) => {
      const shown = notificationMessage({ id: 1, channel: 'C1', title, notices: notices as never, more });
      expect(refusalOf('message', shown.blocks)).toBeUndefined();
      if (notices.length === 120) expect(JSON.stringify(shown.blocks)).toMatch(/… and \d+ more/);
    }), RUNS);
  });

  it('what a form says', () => {
    fc.assert(fc.property(text(5_000).filter((each) => each !== ''), (said) => expect(refusalOf('modal', messageView('Reject', said))).toBeUndefined()), RUNS);
  });

  it('the form, with more applications and environments than a select has options', () => {
    const names = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}-${'x'.repeat(50)}`);
    const places = Array.from({ length: 20 }, (_, index) => ({ repository: `repository-${index}-${'y'.repeat(40)}`, applications: names('app', 200), environments: names('env', 30), targets: names(`env-${index}`, 30) }));
    for (const count of [1, 5, 20]) expect(refusalOf('modal', promoteView(places.slice(0, count), { application: `${places[0]?.repository}/${places[0]?.applications[0]}` }, 'x'.repeat(5_000)))).toBeUndefined();
  });
});

describe('a text that is cut', () => {
  it('is as long as Slack counts, and ends in no half of anything', () => {
    expect(line('&'.repeat(100), 52)).toBe(`${'&amp;'.repeat(10)}…`);
    expect(cut('see <https://sluice.example.org/changes/1|the request>', 30)).toBe('see …');
    expect(cut(`${'x'.repeat(8)}💥`, 9)).toBe(`${'x'.repeat(8)}…`.slice(0, 9));
    expect(cut('short', 30)).toBe('short');
  });
});
