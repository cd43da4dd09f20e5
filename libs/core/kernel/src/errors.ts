/** What the edge makes of an error: HTTP status, exit code or retry are chosen there from this, never here. */
export type ErrorKind = 'invalid' | 'unauthenticated' | 'forbidden' | 'not-found' | 'conflict' | 'too-large' | 'unsupported' | 'unavailable' | 'rate-limited' | 'internal';

/** Base of all errors of ours. `message` is safe to show to a user and says what to do next where there is something to do. */
export abstract class SluiceError extends Error {
  abstract readonly kind: ErrorKind;
  /** Machine-readable details for the problem document; never holds a secret. */
  readonly details: Readonly<Record<string, unknown>>;

  constructor(message: string, options: { cause?: unknown; details?: Readonly<Record<string, unknown>> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.details = options.details ?? {};
  }
}

export class InvalidInput extends SluiceError {
  readonly kind = 'invalid';
}
export class Unauthenticated extends SluiceError {
  readonly kind = 'unauthenticated';
}
export class Forbidden extends SluiceError {
  readonly kind = 'forbidden';
}
export class NotFound extends SluiceError {
  readonly kind = 'not-found';
}
/** The thing has moved on since the caller looked at it: look again. */
export class Conflict extends SluiceError {
  readonly kind = 'conflict';
}
export class TooLarge extends SluiceError {
  readonly kind = 'too-large';
}
export class Unsupported extends SluiceError {
  readonly kind = 'unsupported';
}
/** Something outside does not answer; worth a retry with back-off. */
export class Unavailable extends SluiceError {
  readonly kind = 'unavailable';
}
/** Something outside does not take our credential: tried again like {@link Unavailable}, but somebody has to give us another. */
export class Refused extends Unavailable {}
/**
 * Why a forge does not do what we want with a repository, as `details.refusal` of an error. `credential`: it does not take ours, or not for that · `archived`: nobody may change the repository ·
 * `gone`: it does not show us the repository.
 */
export type ForgeRefusal = 'credential' | 'archived' | 'gone';

/** Undefined for an error that is about something else. */
export function forgeRefusalOf(error: unknown): ForgeRefusal | undefined {
  if (!(error instanceof SluiceError)) return undefined;
  const { refusal } = error.details;
  if (refusal === 'credential' || refusal === 'archived' || refusal === 'gone') return refusal;
  return error instanceof Unauthenticated || error instanceof Refused ? 'credential' : undefined;
}

/** Something outside asks us to come again later. */
export class Busy extends Unavailable {
  constructor(
    message: string,
    /** Milliseconds since the epoch. */
    readonly until: number,
  ) {
    super(message, { details: { until: new Date(until).toISOString() } });
  }
}

/** The message of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
