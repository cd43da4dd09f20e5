import type { Instant } from '@sluice/kernel';
import type { WindowRule } from '@sluice/pipeline';
import { occurrencesAround } from './occurrences.js';
import type { Around } from './occurrences.js';

/** Open: until when at the latest, if rules say so. Closed: by which rules, and from when it is open; absent when that is not in sight. */
export type Opening = { readonly open: true; readonly closesAt?: Instant } | { readonly open: false; readonly by: readonly WindowRule[]; readonly opensAt?: Instant };

/** How often the end of one closure is found to be the beginning of another before it is given up: rules come from a repository. */
const MAX_LEAPS = 60;

/** Whether the rules let things through at a time: no denied time, and an allowed one where any rule allows. */
export function openingAt(rules: readonly WindowRule[], now: Instant): Opening {
  const looks = rules.map((rule) => new Look(rule));
  const closing = closedBy(looks, now);
  if (closing.length === 0) return { open: true, ...field('closesAt', closesAt(looks, now)) };
  return { open: false, by: closing.map(({ rule }) => rule), ...field('opensAt', opensAt(looks, now)) };
}

/** A rule, and what was last seen of it: it stays true until its next beginning, which saves asking a rare rule again. */
class Look {
  private seen: (Around & { readonly from: Instant }) | undefined;

  constructor(readonly rule: WindowRule) {}

  around(at: Instant): Around {
    const { seen } = this;
    if (seen && at >= seen.from && (seen.nextStart === undefined || at < seen.nextStart)) return seen;
    this.seen = { ...occurrencesAround(this.rule, at), from: at };
    return this.seen;
  }

  /** When the occurrence that runs at that time ends; undefined when none runs. */
  runsUntil(at: Instant): Instant | undefined {
    const end = this.around(at).before?.end;
    return end !== undefined && end > at ? end : undefined;
  }
}

function closedBy(looks: readonly Look[], at: Instant): readonly Look[] {
  const denying = looks.filter(({ rule }) => rule.effect === 'deny').filter((look) => look.runsUntil(at) !== undefined);
  const allowing = looks.filter(({ rule }) => rule.effect === 'allow');
  const allowed = allowing.length === 0 || allowing.some((look) => look.runsUntil(at) !== undefined);
  return allowed ? denying : [...denying, ...allowing];
}

/** Leaps from the end of what closes now to the next one's, until nothing closes. */
function opensAt(looks: readonly Look[], now: Instant): Instant | undefined {
  let at = now;
  for (let leap = 0; leap < MAX_LEAPS; leap += 1) {
    const closing = closedBy(looks, at);
    if (closing.length === 0) return at;
    const next = endOfClosure(closing, at);
    if (next === undefined) return undefined;
    at = next;
  }
  return undefined;
}

function endOfClosure(closing: readonly Look[], at: Instant): Instant | undefined {
  const denials = closing.flatMap((look) => (look.rule.effect === 'deny' ? [look.runsUntil(at) ?? at] : []));
  const closed = closing.filter(({ rule }) => rule.effect === 'allow');
  const openings = closed.flatMap((look) => look.around(at).nextStart ?? []);
  if (closed.length > 0 && openings.length === 0) return undefined;
  return Math.max(...denials, ...(closed.length > 0 ? [Math.min(...openings)] : [])) as Instant;
}

/** The earliest time at which it can close: a denied time begins, or the last allowed one ends. */
function closesAt(looks: readonly Look[], now: Instant): Instant | undefined {
  const denials = looks.flatMap((look) => (look.rule.effect === 'deny' ? (look.around(now).nextStart ?? []) : []));
  const allowed = looks.flatMap((look) => (look.rule.effect === 'allow' ? (look.runsUntil(now) ?? []) : []));
  const times = [...denials, ...(allowed.length > 0 ? [Math.max(...allowed)] : [])];
  return times.length === 0 ? undefined : (Math.min(...times) as Instant);
}

function field<Name extends string>(name: Name, at: Instant | undefined): Partial<Record<Name, Instant>> {
  const fields: Partial<Record<Name, Instant>> = {};
  if (at !== undefined) fields[name] = at;
  return fields;
}
