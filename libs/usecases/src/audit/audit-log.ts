import type { AuditEntry, AuditWho } from '@sluice/audit';
import { present } from '@sluice/kernel';
import type { Clock } from '@sluice/kernel';
import type { AuditAct, AuditLog, AuditOrigin, AuditStore } from '../ports/index.js';
import { auditText, auditValue } from './audit-value.js';

/** What Sluice does by itself. */
const SLUICE: AuditWho = { kind: 'sluice', name: 'sluice' };

/** The record of every write: what a use case says of it, and who asked from where, as it is known at the edge. */
export function createAuditLog(store: Pick<AuditStore, 'append'>, clock: Clock, origin: () => AuditOrigin | undefined): AuditLog {
  return {
    append: (...acts) => {
      const [caller, now] = [origin(), new Date(clock()).toISOString()];
      return store.append(acts.map((act) => entryOf(act, caller, now)));
    },
  };
}

function entryOf(act: AuditAct, caller: AuditOrigin | undefined, at: string): AuditEntry {
  const { action, place = {}, before, after, why } = act;
  const who = whoOf(act, caller);
  // a door is the caller's: what Sluice does by itself came by none of them
  const isCallers = caller !== undefined && who.kind !== 'sluice' && (caller.who === undefined || (who.kind === caller.who.kind && who.name === caller.who.name));
  const from = present({ address: isCallers ? caller.from?.address : undefined, login: act.login });
  return {
    at,
    who,
    door: act.door ?? (isCallers ? caller.door : 'sluice'),
    ...(Object.keys(from).length > 0 && { from }),
    action,
    place,
    ...present({ before: before === undefined ? undefined : auditValue(before), after: after === undefined ? undefined : auditValue(after), why: why === undefined || why === '' ? undefined : auditText(why) }),
  };
}

function whoOf({ by }: AuditAct, caller: AuditOrigin | undefined): AuditWho {
  if (by === undefined) return caller?.who ?? SLUICE;
  if (by === 'sluice') return SLUICE;
  if (typeof by !== 'string') return by;
  return caller?.who?.kind === 'person' && caller.who.name === by ? caller.who : { kind: 'person', name: by };
}
