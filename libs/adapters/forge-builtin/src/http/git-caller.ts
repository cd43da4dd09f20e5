import { printableLine } from '@sluice/kernel';
import type { PushRequest } from './push-commands.js';

/** Whom the server has recognised. */
export interface GitCaller {
  readonly name: string;
  readonly kind: 'person' | 'agent' | 'service';
  /** True, or the reason that `git push` shows. `ref`: a full name (`refs/heads/main`). */
  canPush(ref: string): true | string;
}

/** Sluice's own pins; its workers push them. */
const PINS = 'refs/sluice/base/';

/** Why refs of a push are refused; empty when all of it may go on. */
export function refusedRefs(request: PushRequest, caller: GitCaller): ReadonlyMap<string, string> {
  const reasons = new Map<string, string>();
  for (const { ref } of request.commands) {
    const reason = refusalOf(ref, caller);
    if (reason !== undefined) reasons.set(ref, printableLine(reason, 300));
  }
  return reasons;
}

function refusalOf(ref: string, caller: GitCaller): string | undefined {
  if (ref.startsWith(PINS) && caller.kind === 'service') return undefined;
  if (ref.startsWith('refs/sluice/')) return 'refs/sluice belongs to Sluice and cannot be pushed';
  if (!/^refs\/(heads|tags)\//.test(ref)) return 'only branches and tags can be pushed';
  const allowed = caller.canPush(ref);
  return allowed === true ? undefined : allowed;
}
