import { instant, later } from '@sluice/kernel';
import { NOTIFICATION_EVENT_NAMES, parsePipeline } from '@sluice/pipeline';
import type { NotificationEvent, NotificationRule } from '@sluice/pipeline';
import { afterFailure } from './back-off.js';
import { cloudEventOf } from './cloud-event.js';
import { namesOf } from './name-event.js';
import { digestOf, messageText, messageTitle, noticeOf, type ToldEvent } from './notice.js';
import { nextDigest, routeEvent } from './route-event.js';

const at = (text: string) => instant(Date.parse(text));
const NOON = at('2026-11-26T12:00:00Z');
const URL = 'https://sluice.example.org';
const EVENT: ToldEvent = { type: 'promotion.degraded', at: NOON, repository: 'shop', environment: 'prod', application: 'checkout', promotion: 'prod-checkout-7', message: 'checkout has Failed in eu: crash' };

function rules(text: string): readonly NotificationRule[] {
  const { pipeline, diagnostics } = parsePipeline(`apiVersion: sluice.dev/v1\nkind: Pipeline\nmetadata: { name: shop }\nspec:\n  environments: [{ name: qa }, { name: prod, from: [qa] }]\n  applications: [{ name: checkout, paths: ["a/**"] }, { name: web, paths: ["b/**"] }]\n  notifications: ${text}\n`);
  expect(diagnostics).toEqual([]);
  return pipeline?.notifications ?? [];
}

function told(names: readonly NotificationEvent[], text: string, { environment = 'prod', applications = ['checkout'], now = NOON, defaults = [] as readonly string[], unreachable = [] as readonly string[] } = {}): string {
  const { routes, unheard } = routeEvent({ names, environment, applications }, rules(text), { defaults: { targets: defaults, isReachable: (target) => !unreachable.includes(target) }, now });
  const said = routes.map(({ target, name, dueAt, together }) => `${target} of ${name}${dueAt > now ? ` at ${new Date(dueAt).toISOString().slice(0, 16)}` : ''}${together ? ' together' : ''}`);
  return unheard ? 'nobody' : said.join(', ');
}

describe('an event', () => {
  it.each<[string, Parameters<typeof namesOf>[1], readonly string[]]>([
    ['promotion.opened', {}, ['opened']],
    ['promotion.opened', { needsApproval: true }, ['waiting-on-approval', 'opened']],
    ['promotion.live', { needsApproval: true }, ['live']],
    ['promotion.live', { wasDegraded: true }, ['recovered', 'live']],
    ['promotion.degraded', {}, ['degraded']],
    ['cluster.reported', {}, []],
    ['account.unusable', {}, ['account-unusable']],
    ['constructor', {}, []],
  ])('%s with %j is called %j', (type, facts, names) => {
    expect(namesOf(type, facts)).toEqual(names);
  });

  it.each<[string, readonly NotificationEvent[], string, Parameters<typeof told>[2], string]>([
    ['by name', ['degraded'], '[{ on: [degraded], to: ["slack:#ops", "mail:ops@example.org"] }]', {}, 'slack:#ops of degraded, mail:ops@example.org of degraded'],
    ['by any name', ['frozen'], '[{ on: ["*"], to: ["slack:#ops"] }]', {}, 'slack:#ops of frozen'],
    ['not by another name', ['merged'], '[{ on: [degraded], to: ["slack:#ops"] }]', {}, ''],
    ['by the less exact of its names', ['waiting-on-approval', 'opened'], '[{ on: [opened], to: ["slack:#ops"] }]', {}, 'slack:#ops of opened'],
    ['in its environment', ['merged'], '[{ on: [merged], environments: [prod], to: ["slack:#ops"] }]', {}, 'slack:#ops of merged'],
    ['not in another environment', ['merged'], '[{ on: [merged], environments: [qa], to: ["slack:#ops"] }]', {}, ''],
    ['of one application among those that go together', ['merged'], '[{ on: [merged], applications: [web], to: ["slack:#ops"] }]', { applications: ['checkout', 'web'] }, 'slack:#ops of merged'],
    ['not of another application', ['merged'], '[{ on: [merged], applications: [web], to: ["slack:#ops"] }]', {}, ''],
    ['once, although two rules name them', ['degraded'], '[{ on: [degraded], to: ["slack:#ops"] }, { on: ["*"], to: ["slack:#ops"] }]', {}, 'slack:#ops of degraded'],
    ['at the soonest that a rule says', ['degraded'], '[{ on: ["*"], to: ["slack:#ops"], digest: 15m }, { on: [degraded], to: ["slack:#ops"] }]', {}, 'slack:#ops of degraded'],
    ['together at the next quarter of an hour', ['merged'], '[{ on: [merged], to: ["slack:#ops"], digest: 15m }]', { now: at('2026-11-26T12:01:00Z') }, 'slack:#ops of merged at 2026-11-26T12:15 together'],
    ['together in the morning', ['merged'], '[{ on: [merged], to: ["slack:#ops"], digest: daily 09:00 Europe/Berlin }]', {}, 'slack:#ops of merged at 2026-11-27T08:00 together'],
    ['after the quiet hours', ['merged'], '[{ on: ["*"], to: ["slack:#ops"], quiet: { times: ["22:00-07:00"], timezone: Europe/Berlin } }]', { now: at('2026-11-26T22:00:00Z') }, 'slack:#ops of merged at 2026-11-27T06:00 together'],
    ['in the quiet hours, when it is an exception', ['degraded'], '[{ on: ["*"], to: ["slack:#ops"], quiet: { times: ["22:00-07:00"], except: [degraded] } }]', { now: at('2026-11-26T23:00:00Z') }, 'slack:#ops of degraded'],
    ['outside of the quiet hours at once', ['merged'], '[{ on: ["*"], to: ["slack:#ops"], quiet: { times: ["22:00-07:00"] } }]', {}, 'slack:#ops of merged'],
    // the night of the change of the clock is an hour longer or shorter: the wall's clock counts
    ['after a night in which the clock is set back', ['merged'], '[{ on: ["*"], to: ["slack:#ops"], quiet: { times: ["22:00-07:00"], timezone: Europe/Berlin } }]', { now: at('2026-10-24T21:00:00Z') }, 'slack:#ops of merged at 2026-10-25T06:00 together'],
    ['after a night in which the clock is set forward', ['merged'], '[{ on: ["*"], to: ["slack:#ops"], quiet: { times: ["22:00-07:00"], timezone: Europe/Berlin } }]', { now: at('2026-03-28T22:00:00Z') }, 'slack:#ops of merged at 2026-03-29T05:00 together'],
    ['a day later, when it is always quiet', ['merged'], '[{ on: ["*"], to: ["slack:#ops"], quiet: { times: ["Mon-Sun 00:00-12:00", "12:00-00:00"] } }]', {}, 'slack:#ops of merged at 2026-11-27T12:00 together'],
    ['by default, of a failure that no rule is about', ['degraded'], '[{ on: [merged], to: ["slack:#ops"] }]', { defaults: ['mail:admin@example.org'] }, 'mail:admin@example.org of degraded'],
    ['not by default, when a rule is about it', ['degraded'], '[{ on: [degraded], to: ["slack:#ops"] }]', { defaults: ['mail:admin@example.org'] }, 'slack:#ops of degraded'],
    ['by default as well, when nobody whom the rules name can be reached', ['degraded'], '[{ on: [degraded], to: ["webhook:gone"] }]', { defaults: ['mail:admin@example.org'], unreachable: ['webhook:gone'] }, 'webhook:gone of degraded, mail:admin@example.org of degraded'],
    ['never by default of what is no failure', ['merged'], '[]', { defaults: ['mail:admin@example.org'] }, ''],
    ['by default of what is the server’s own', ['break-glass'], '[{ on: [break-glass], to: ["slack:#ops"] }]', { defaults: ['mail:admin@example.org'] }, 'slack:#ops of break-glass, mail:admin@example.org of break-glass'],
    ['by default of an account that a forge does not take any more', ['account-unusable'], '[]', { defaults: ['mail:admin@example.org'] }, 'mail:admin@example.org of account-unusable'],
  ])('is told %s', (_title, names, ...[text, options, expected]) => {
    expect(told(names, text, options)).toBe(expected);
  });

  it('that is a failure and told to nobody is said to be so', () => {
    expect(told(['degraded'], '[]')).toBe('nobody');
    expect(told(['merged'], '[]')).toBe('');
  });
});

describe('a digest', () => {
  it.each([
    ['in its own minute waits for the next day', '2026-11-26T09:00:30Z', '2026-11-27T09:00'],
    ['just before it', '2026-11-26T08:59:59Z', '2026-11-26T09:00'],
  ])('of every day, %s', (_title, now, expected) => {
    expect(new Date(nextDigest({ kind: 'daily', minute: 540, timezone: 'UTC' }, at(now))).toISOString().slice(0, 16)).toBe(expected);
  });

  it('at the last minute of the day comes then', () => {
    expect(new Date(nextDigest({ kind: 'daily', minute: 1_439, timezone: 'UTC' }, NOON)).toISOString()).toBe('2026-11-26T23:59:00.000Z');
  });

  it('names so many, and counts the others', () => {
    const notices = Array.from({ length: 60 }, (_, index) => noticeOf({ ...EVENT, promotion: `prod-checkout-${index}` }, 'degraded', URL));
    const digest = digestOf(notices, 50, NOON);
    expect(messageTitle(digest)).toBe('60 things in Sluice: degraded');
    expect(messageText(digest)).toContain('and 10 more');
  });
});

describe('a notice', () => {
  it('says what, what to do next, and where', () => {
    const notice = noticeOf(EVENT, 'degraded', URL);
    expect(notice.title).toBe('[shop/prod] checkout: degraded');
    expect(messageText({ kind: 'one', notice })).toBe(`checkout has Failed in eu: crash\nLook at the application in that cluster; roll back with \`sluice rollback\` if need be.\n${URL}/promotions/shop/prod-checkout-7`);
  });

  it('is the same when it is heard again of the same promotion, and within ten minutes of anything else', () => {
    const id = (event: Partial<ToldEvent>) => noticeOf({ ...EVENT, ...event }, 'degraded', URL).id;
    const { promotion: _, ...without } = EVENT;
    expect(id({ at: later(NOON, 86_400_000) })).toBe(id({}));
    expect(id({ message: 'another' })).not.toBe(id({}));
    expect(noticeOf({ ...without, at: later(NOON, 60_000) }, 'degraded', URL).id).toBe(noticeOf(without, 'degraded', URL).id);
    expect(noticeOf({ ...without, at: later(NOON, 86_400_000) }, 'degraded', URL).id).not.toBe(noticeOf(without, 'degraded', URL).id);
  });

  it('has no line break in its title and no control characters, whatever names and messages hold', () => {
    const { title, what } = noticeOf({ ...EVENT, application: 'a\r\nBcc: x@example.org', message: 'line\u0000 one\u202e' }, 'degraded', URL);
    expect(title).toBe('[shop/prod] a Bcc: x@example.org: degraded');
    expect(what).toBe('line\ufffd one\ufffd');
  });

  it('is a CloudEvent whose id is the same whenever it is sent', () => {
    const notice = noticeOf(EVENT, 'degraded', URL);
    expect(cloudEventOf({ kind: 'one', notice }, URL)).toEqual({
      specversion: '1.0',
      id: notice.id,
      source: `${URL}/repositories/shop`,
      type: 'dev.sluice.promotion.degraded',
      subject: 'shop/prod/checkout',
      time: '2026-11-26T12:00:00.000Z',
      datacontenttype: 'application/json',
      data: { event: 'degraded', title: '[shop/prod] checkout: degraded', message: EVENT.message, next: notice.next, link: notice.link, repository: 'shop', environment: 'prod', application: 'checkout', promotion: 'prod-checkout-7' },
    });
  });
});

describe('a try that failed', () => {
  it.each([
    [1, 0.5, 10_000],
    [1, 0, 8_000],
    [1, 1, 12_000],
    [2, 0.5, 20_000],
    [9, 0.5, 2_560_000],
    [10, 0.5, 3_600_000],
    [1_000, 0.5, 3_600_000],
  ])('as number %i (jitter %f) is followed by another after %i ms', (attempts, random, pause) => {
    expect(afterFailure({ attempts, since: NOON }, NOON, random)).toEqual({ kind: 'again', at: NOON + pause });
  });

  it('is the last one after a day', () => {
    expect(afterFailure({ attempts: 30, since: NOON }, later(NOON, 86_399_999), 0.5).kind).toBe('again');
    expect(afterFailure({ attempts: 30, since: NOON }, later(NOON, 86_400_000), 0.5).kind).toBe('given-up');
  });
});

it('every name is one that some event has', () => {
  const types = ['promotion.opened', 'promotion.ready', 'promotion.approved', 'approval.voided', 'promotion.rejected', 'promotion.closed', 'promotion.overridden', 'gate.failed', 'test.failed', 'lane.conflicted', 'lane.held', 'lane.blocked', 'promotion.merged', 'promotion.live', 'promotion.degraded', 'cluster.failed', 'rollout.paused', 'rollout.rolled-back', 'promotion.rollback-impossible', 'promotion.tampered', 'environment.withheld', 'backflow.changed', 'cluster.drifted', 'freeze.begun', 'freeze.lifted', 'break-glass.opened', 'pipeline.broken', 'images.waiting', 'forge.refused', 'cluster.lost', 'cluster.returned', 'notification.failed', 'audit.finding', 'account.unusable'];
  const names = new Set(types.flatMap((type) => namesOf(type, { needsApproval: true, wasDegraded: true })));
  expect(NOTIFICATION_EVENT_NAMES.filter((name) => !names.has(name))).toEqual([]);
});
