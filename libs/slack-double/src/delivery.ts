/** Something that Slack tells the application. */
export interface Payload {
  /** As Socket Mode names it: https://docs.slack.dev/apis/events-api/using-socket-mode#events */
  readonly type: 'events_api' | 'slash_commands' | 'interactive';
  readonly body: Readonly<Record<string, unknown>>;
}

/** What came back within three seconds. */
export interface Acknowledged {
  readonly ok: boolean;
  /** What the application answered with, for those that take an answer. */
  readonly answer?: Readonly<Record<string, unknown>>;
  /** HTTP's, in HTTP mode. */
  readonly status?: number;
}

export interface Retry {
  readonly attempt: number;
  readonly reason: 'http_timeout' | 'http_error' | 'connection_failed';
}

/** One of the two ways to the application. */
export interface Way {
  send(payload: Payload, retry?: Retry): Promise<Acknowledged>;
}

/** https://docs.slack.dev/interactivity/handling-user-interaction#acknowledgment_response and https://docs.slack.dev/apis/events-api#responding: within 3 seconds. */
export const ACKNOWLEDGE_WITHIN = 3_000;
