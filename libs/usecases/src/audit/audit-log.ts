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
  const { action, place = {} } = act;
  const who = whoOf(act, caller);
  const asked = caller && isOf(caller, who) ? caller : undefined;
  return { at, who, door: act.door ?? asked?.door ?? 'sluice', ...fromOf(act, asked), action, place, ...valuesOf(act) };
}

/** A door and an address are the caller's: what Sluice does by itself came by none of them. */
function isOf(caller: AuditOrigin, who: AuditWho): boolean {
  if (who.kind === 'sluice') return false;
  return caller.who === undefined || (who.kind === caller.who.kind && who.name === caller.who.name);
}

function fromOf({ login }: AuditAct, asked: AuditOrigin | undefined): Pick<AuditEntry, 'from'> {
  const from = present({ address: asked?.from?.address, login });
  return Object.keys(from).length > 0 ? { from } : {};
}

function valuesOf({ before, after, why = '' }: AuditAct): Pick<AuditEntry, 'before' | 'after' | 'why'> {
  return { ...(before !== undefined && { before: auditValue(before) }), ...(after !== undefined && { after: auditValue(after) }), ...(why !== '' && { why: auditText(why) }) };
}

function whoOf({ by }: AuditAct, caller: AuditOrigin | undefined): AuditWho {
  if (by === undefined) return caller?.who ?? SLUICE;
  if (by === 'sluice') return SLUICE;
  if (typeof by !== 'string') return by;
  return caller?.who?.kind === 'person' && caller.who.name === by ? caller.who : { kind: 'person', name: by };
}
