import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RepositoryId } from '@sluice/kernel';
import type { GitCaller } from './git-caller.js';

export interface GitHttpLimits {
  /** Bytes of a push's pack. Default 32 MiB. */
  readonly maxPushBytes: number;
  /** Bytes of one file, uncompressed. Default 32 MiB. */
  readonly maxFileBytes: number;
  /** Milliseconds for one request. Default 10 minutes. */
  readonly deadline: number;
  /** Milliseconds without a byte in either direction. Default 60 s. */
  readonly idle: number;
  /** git processes at once; 256 requests more wait, others get 503. Default 16. */
  readonly atOnce: number;
}

/** Everything about one request that its parts need. */
export interface GitExchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly caller: GitCaller;
  readonly repository: RepositoryId;
  readonly limits: GitHttpLimits;
  readonly gitDir: string;
}
