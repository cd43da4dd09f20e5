import type { ApiClient } from '../api-client.js';
import type { Addresses } from './addresses.js';
import type { UpOptions } from './options.js';
import type { Processes } from './supervised-process.js';

/** One run of `sluice up`, as its steps see it. */
export interface Run {
  readonly options: UpOptions;
  readonly addresses: Addresses;
  /** The folder of the logs. */
  readonly logs: string;
  readonly processes: Processes;
  /** Aborted as soon as it is told to end, whatever is under way. */
  readonly signal: AbortSignal;
  /** A line of progress, with the time. */
  readonly tell: (text: string) => void;
}

/** A run whose server answers. */
export interface ServedRun extends Run {
  readonly client: ApiClient;
  /** Of the person who started this. */
  readonly token: string;
}
