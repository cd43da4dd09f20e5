import type { Instant } from '@sluice/kernel';

export interface OutboundRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  /** `http` or `https`; no credentials in it. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Of the answer's body; a longer one is no answer. */
  readonly maxBytes: number;
  /** `none`: a redirect is an answer like others. Absent: a few are followed. */
  readonly redirects?: 'none';
}

export interface OutboundAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The one way out to addresses that a repository or a pipeline names. */
export interface OutboundHttp {
  /**
   * Asks once, within a deadline. The address is resolved, checked and then used; so is that of every redirect.
   * @throws Forbidden when the address is one that the server does not allow; Unavailable when there is no answer.
   */
  request(request: OutboundRequest): Promise<OutboundAnswer>;
}

/** A question of an `http` gate. */
export interface GateQuestion {
  readonly url: string;
  /** Names a secret of the server. */
  readonly secret: string;
  /** JSON. */
  readonly body: string;
  readonly at: Instant;
}

export type GateAnswer =
  | { readonly kind: 'answer'; readonly outcome: 'pass' | 'wait' | 'fail'; readonly message: string; readonly until?: Instant }
  /** Nobody answered, or not so that it could be understood. */
  | { readonly kind: 'no-answer'; readonly message: string };

export interface GateQuestions {
  /** Asks once, signed. Never rejects for what the other side does. */
  ask(question: GateQuestion): Promise<GateAnswer>;
}
