import { slackFailureOf } from './slack-failure.js';

const refused = (error: string) => slackFailureOf({ code: 'slack_webapi_platform_error', data: { ok: false, error } })?.kind;

describe('what Slack refuses', () => {
  // the errors of https://docs.slack.dev/reference/methods/chat.postMessage and chat.update
  it.each([
    ['away', ['ratelimited', 'rate_limited', 'message_limit_exceeded', 'internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'team_added_to_org']],
    ['token', ['invalid_auth', 'not_authed', 'token_revoked', 'token_expired', 'account_inactive', 'missing_scope', 'accesslimited', 'enterprise_is_restricted', 'team_access_not_granted', 'team_not_found', 'two_factor_setup_required']],
    ['channel', ['channel_not_found', 'not_in_channel', 'is_archived', 'restricted_action', 'restricted_action_read_only_channel', 'restricted_action_thread_only_channel', 'restricted_action_non_threadable_channel']],
    ['message-gone', ['message_not_found', 'thread_not_found', 'cant_update_message']],
    ['ours', ['msg_too_long', 'msg_blocks_too_long', 'invalid_blocks', 'no_text', 'what_nobody_knows']],
  ])('is %s: %j', (kind, words) => {
    expect(words.map(refused)).toEqual(words.map(() => kind));
  });

  it('for a time is waited for as long as it says', () => {
    expect(slackFailureOf({ code: 'slack_webapi_rate_limited_error', retryAfter: 30 })).toEqual({ kind: 'wait', milliseconds: 30_000 });
  });

  it.each(['slack_webapi_request_error', 'slack_webapi_http_error'])('by not answering is tried again (%s)', (code) => {
    expect(slackFailureOf({ code })).toEqual({ kind: 'away' });
  });

  it('is nothing of Slack’s where it is another error', () => {
    expect(slackFailureOf(new Error('of ours'))).toBeUndefined();
  });
});
