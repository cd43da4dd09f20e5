import { LogLevel, WebClient } from '@slack/web-api';
import { SlackDouble } from './index.js';

const section = (text: string, more = {}) => ({ type: 'section' as const, text: { type: 'mrkdwn' as const, text }, ...more });
const button = (action_id: string, value = 'v') => ({ type: 'button' as const, action_id, text: { type: 'plain_text' as const, text: 'Go' }, value });
const modal = (blocks: unknown[] = [section('hello')]) => ({ type: 'modal' as const, title: { type: 'plain_text' as const, text: 'Title' }, blocks }) as never;

describe('the double of Slack', () => {
  let slack: SlackDouble;
  let client: WebClient;

  const open = async (options: Parameters<typeof SlackDouble.start>[0] = {}) => {
    slack = await SlackDouble.start(options);
    client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true, logLevel: LogLevel.ERROR });
  };
  beforeEach(() => open());
  afterEach(() => slack.stop());

  const errorOf = (call: Promise<unknown>) => call.then(() => 'ok', (error: { data?: { error?: string }; code?: string }) => error.data?.error ?? error.code);

  it('keeps what is posted, and its edits', async () => {
    const { ts = '' } = await client.chat.postMessage({ channel: 'C1', text: 'one', blocks: [section('one')] });
    await client.chat.update({ channel: 'C1', ts, text: 'two', blocks: [section('two')] });
    expect(slack.posts()).toEqual([expect.objectContaining({ ts, text: 'two', edits: 1 })]);
    expect(slack.unexpected()).toEqual([]);
  });

  it.each([
    ['a method that it does not know', () => client.apiCall('chat.shout', { text: 'hi' }), 'unknown_method'],
    ['an argument that the method does not have', () => client.apiCall('chat.postMessage', { channel: 'C1', text: 'hi', colour: 'red' }), 'invalid_arguments'],
    ['51 blocks', () => client.chat.postMessage({ channel: 'C1', text: 'hi', blocks: Array.from({ length: 51 }, () => section('x')) }), 'invalid_arguments'],
    ['a text of 3,001 characters in a block', () => client.chat.postMessage({ channel: 'C1', text: 'hi', blocks: [section('x'.repeat(3_001))] }), 'invalid_arguments'],
    ['26 elements of actions', () => client.chat.postMessage({ channel: 'C1', text: 'hi', blocks: [{ type: 'actions', elements: Array.from({ length: 26 }, (_, index) => button(`a${index}`)) }] }), 'invalid_arguments'],
    ['the same action_id twice', () => client.chat.postMessage({ channel: 'C1', text: 'hi', blocks: [{ type: 'actions', elements: [button('a'), button('a')] }] }), 'invalid_arguments'],
    ['the same block_id twice', () => client.chat.postMessage({ channel: 'C1', text: 'hi', blocks: [section('x', { block_id: 'b' }), section('y', { block_id: 'b' })] }), 'invalid_arguments'],
    ['an edit of 4,001 characters', () => client.chat.update({ channel: 'C1', ts: '1.000001', text: 'x'.repeat(4_001) }), 'invalid_arguments'],
    ['more text than a message takes', () => client.chat.postMessage({ channel: 'C1', text: 'hi', blocks: Array.from({ length: 5 }, () => section('x'.repeat(2_900))) }), 'invalid_arguments'],
    ['an empty text', () => client.chat.postMessage({ channel: 'C1', text: 'hi', blocks: [section('')] }), 'invalid_arguments'],
    ['a modal with an input and nothing to submit', () => client.views.open({ trigger_id: slack.user('U1').trigger(), view: modal([{ type: 'input', label: { type: 'plain_text', text: 'x' }, element: { type: 'plain_text_input', action_id: 'a' } }]) }), 'invalid_arguments'],
  ])('refuses %s, and the test fails by it', async (_, call, error) => {
    expect(await errorOf(call())).toBe(error);
    expect(slack.unexpected()).toHaveLength(1);
  });

  it.each([
    ['of another token', async () => new WebClient('xoxb-other', { slackApiUrl: slack.apiUrl, logLevel: LogLevel.ERROR }).auth.test(), 'invalid_auth'],
    ['into a channel that is gone', () => client.chat.postMessage({ channel: 'C9', text: 'hi' }), 'channel_not_found'],
    ['into a channel that the bot is not in', () => (slack.addChannel('C2', 'other', false), client.chat.postMessage({ channel: 'C2', text: 'hi' })), 'not_in_channel'],
    ['of a message that is not there', () => client.chat.update({ channel: 'C1', ts: '1.000001', text: 'hi' }), 'message_not_found'],
  ])('refuses a call %s as Slack does', async (_, call, error) => {
    expect(await errorOf(call())).toBe(error);
    expect(slack.unexpected()).toEqual([]);
  });

  it('lets a trigger open one view, and only for its time', async () => {
    await slack.stop();
    await open({ triggerLifetime: 100 });
    const grace = slack.user('U1');
    const trigger_id = grace.trigger();
    await client.views.open({ trigger_id, view: modal() });
    expect(grace.modalText()).toContain('hello');
    expect(await errorOf(client.views.open({ trigger_id, view: modal() }))).toBe('exchanged_trigger_id');
    const late = grace.trigger();
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(await errorOf(client.views.open({ trigger_id: late, view: modal() }))).toBe('expired_trigger_id');
  });

  it('answers 429 with Retry-After to more than a post a second in a channel, and to more updates than its tier has', async () => {
    for (let post = 0; post < 2; post += 1) await client.chat.postMessage({ channel: 'C1', text: 'hi' });
    await expect(client.chat.postMessage({ channel: 'C1', text: 'hi' })).rejects.toMatchObject({ retryAfter: expect.any(Number) });
    slack.addChannel('C2', 'other');
    const { ts = '' } = await client.chat.postMessage({ channel: 'C2', text: 'another channel has its own second' });
    for (let update = 0; update < 50; update += 1) await client.chat.update({ channel: 'C2', ts, text: 'hi' });
    await expect(client.chat.update({ channel: 'C2', ts, text: 'hi' })).rejects.toMatchObject({ retryAfter: expect.any(Number) });
  });

  it('shows a thread in pages, its parent first', async () => {
    const { ts = '' } = await client.chat.postMessage({ channel: 'C1', text: 'parent' });
    await client.chat.postMessage({ channel: 'C1', text: 'child', thread_ts: ts, metadata: { event_type: 'a', event_payload: { n: 1 } } });
    const first = await client.conversations.replies({ channel: 'C1', ts, limit: 1 });
    expect(first.messages).toMatchObject([{ text: 'parent' }]);
    const second = await client.conversations.replies({ channel: 'C1', ts, limit: 1, include_all_metadata: true, cursor: first.response_metadata?.next_cursor ?? '' });
    expect(second).toMatchObject({ has_more: false, messages: [{ text: 'child', metadata: { event_type: 'a' } }] });
    expect(await errorOf(client.conversations.replies({ channel: 'C1', ts: '1.000001' }))).toBe('thread_not_found');
  });

  it('finds a view by the name that the application gave it, which is one view’s only', async () => {
    const grace = slack.user('U1');
    const view = { ...(modal() as object), external_id: 'mine' } as never;
    await client.views.open({ trigger_id: grace.trigger(), view });
    await client.views.update({ external_id: 'mine', view: { ...(modal([section('found')]) as object), external_id: 'mine' } as never });
    expect(grace.modalText()).toContain('found');
    expect(await errorOf(client.views.open({ trigger_id: grace.trigger(), view }))).toBe('duplicate_external_id');
  });

  it('takes a revoked token no more, and then again', async () => {
    slack.faults.revoke('token_revoked');
    expect(await errorOf(client.auth.test())).toBe('token_revoked');
    slack.faults.revoke();
    expect(await errorOf(client.auth.test())).toBe('ok');
  });

  it('asks for the scope of a method', async () => {
    await slack.stop();
    await open({ scopes: [] });
    expect(await errorOf(client.chat.postMessage({ channel: 'C1', text: 'hi' }))).toBe('missing_scope');
  });
});
