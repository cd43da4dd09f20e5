import { present, printableLine, type Instant } from '@sluice/kernel';

/** `Terminating`: it is being deleted. `Unknown`: nobody can say, because the object or an expression about it cannot be read. */
export type HealthStatus = 'Current' | 'InProgress' | 'Failed' | 'Terminating' | 'Unknown';

/** Whether an object is what its specification asks for. */
export interface Health {
  readonly status: HealthStatus;
  /** For people: what is waited for, with numbers, or what is wrong. */
  readonly message: string;
  /** One word in CamelCase for programs, the cluster's own where it gives one. */
  readonly reason?: string;
  /** When the answer changes although the object does not. */
  readonly lookAgainAt?: Instant;
}

export function current(message: string): Health {
  return { status: 'Current', message };
}

export function inProgress(reason: string | undefined, message: string): Health {
  return { status: 'InProgress', message, ...present({ reason }) };
}

export function failed(reason: string | undefined, message: string): Health {
  return { status: 'Failed', message, ...present({ reason }) };
}

export function unknown(reason: string, message: string): Health {
  return { status: 'Unknown', reason, message };
}

/** Text out of a cluster on one line that is safe to show. */
export function shown(text: string): string {
  return printableLine(text, 500);
}
