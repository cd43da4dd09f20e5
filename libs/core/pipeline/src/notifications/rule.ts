import type { WindowRule } from '../windows/window.js';
import type { Digest } from './digest.js';
import type { NotificationEvent } from './events.js';

/** Who is told of what. */
export interface NotificationRule {
  /** `'*'`: everything that has a name. */
  readonly on: readonly (NotificationEvent | '*')[];
  /** Empty: whatever environment, or none. */
  readonly environments: readonly string[];
  /** Empty: whatever application, or none. */
  readonly applications: readonly string[];
  /** As they are written: `slack:#releases`, `mail:ops@example.org`, `webhook:audit`. */
  readonly to: readonly string[];
  /** What comes is told together; absent: at once. */
  readonly digest?: Digest;
  /** Times in which nobody is told, but of `except`; absent: none. */
  readonly quiet?: { readonly times: readonly WindowRule[]; readonly except: readonly NotificationEvent[] };
}
