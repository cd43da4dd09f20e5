/** What Slack's refusal means for what was to be told. */
export type SlackFailure =
  | { readonly kind: 'wait'; readonly milliseconds: number }
  /** Slack itself, or the way to it, is not there. */
  | { readonly kind: 'away' }
  /** Slack does not take the bot's token, and nobody is told anything until somebody does something about it. */
  | { readonly kind: 'token'; readonly code: string }
  /** Nobody is told anything in this channel until somebody does something about it. */
  | { readonly kind: 'channel'; readonly code: string }
  | { readonly kind: 'message-gone' }
  /** What we sent is wrong: sending it again is of no use. */
  | { readonly kind: 'ours'; readonly code: string };

const GONE = new Set(['message_not_found', 'thread_not_found', 'cant_update_message']);
const OF_CHANNEL = new Set(['channel_not_found', 'not_in_channel', 'is_archived', 'restricted_action', 'restricted_action_read_only_channel', 'restricted_action_thread_only_channel', 'restricted_action_non_threadable_channel']);
// https://docs.slack.dev/reference/methods/auth.test#errors
const OF_TOKEN = new Set(['invalid_auth', 'not_authed', 'token_revoked', 'token_expired', 'account_inactive', 'missing_scope', 'no_permission', 'not_allowed_token_type', 'org_login_required', 'ekm_access_denied', 'team_access_not_granted', 'access_denied', 'user_removed_from_team', 'team_disabled', 'team_not_found', 'accesslimited', 'enterprise_is_restricted', 'two_factor_setup_required']);
const PASSING = new Set(['internal_error', 'fatal_error', 'service_unavailable', 'request_timeout', 'ratelimited', 'rate_limited', 'message_limit_exceeded', 'team_added_to_org']);

/** Slack's own word for what it refuses. */
export function wordOf(error: unknown): string | undefined {
  const { data } = error as { readonly data?: { readonly error?: unknown } };
  return typeof data?.error === 'string' ? data.error : undefined;
}

/** Of whatever `@slack/web-api` throws. @returns undefined when it is not about Slack at all. */
export function slackFailureOf(error: unknown): SlackFailure | undefined {
  const { code, retryAfter, data } = error as { readonly code?: unknown; readonly retryAfter?: unknown; readonly data?: { readonly error?: unknown } };
  if (code === 'slack_webapi_rate_limited_error') return { kind: 'wait', milliseconds: Number(retryAfter ?? 1) * 1_000 };
  if (code === 'slack_webapi_request_error' || code === 'slack_webapi_http_error') return { kind: 'away' };
  return code === 'slack_webapi_platform_error' && typeof data?.error === 'string' ? refusal(data.error) : undefined;
}

function refusal(word: string): SlackFailure {
  if (GONE.has(word)) return { kind: 'message-gone' };
  if (OF_TOKEN.has(word)) return { kind: 'token', code: word };
  if (OF_CHANNEL.has(word)) return { kind: 'channel', code: word };
  return PASSING.has(word) ? { kind: 'away' } : { kind: 'ours', code: word };
}
