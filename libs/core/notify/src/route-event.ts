import { instant, later } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import { openingAt } from '@sluice/gates';
import type { Digest, NotificationEvent, NotificationRule, WindowRule } from '@sluice/pipeline';
import { isFailure, isOfServer } from './name-event.js';

/** An event as rules look at it. */
export interface Routable {
  readonly names: readonly NotificationEvent[];
  readonly environment?: string;
  /** All that it is about: of a release set more than one. */
  readonly applications: readonly string[];
}

/** Whom one thing is told, under which name, and when. */
export interface Route {
  readonly target: string;
  readonly name: NotificationEvent;
  readonly dueAt: Instant;
  /** It is told together with what comes to the same target until then. */
  readonly together: boolean;
}

export interface Routing {
  readonly routes: readonly Route[];
  /** A failure of which nobody is told, because nobody is named anywhere. */
  readonly unheard: boolean;
}

/** What the server has to tell by. */
export interface Defaults {
  /** Those who hear of what is nobody's, and of the server itself. */
  readonly targets: readonly string[];
  /** Whether the server can reach a target at all: it has the webhook, or a mail server. */
  readonly isReachable: (target: string) => boolean;
}

/** When nothing opens for longer than this, what waits is told all the same. */
const LONGEST_QUIET = 86_400_000;

/** Who is told of an event. One target gets one message, however many rules name it: the soonest. */
export function routeEvent(event: Routable, rules: readonly NotificationRule[], { defaults, now }: { readonly defaults: Defaults; readonly now: Instant }): Routing {
  const routes = new Map<string, Route>();
  for (const route of rules.flatMap((rule) => routesBy(rule, event, now))) {
    const known = routes.get(route.target);
    if (!known || sooner(route, known)) routes.set(route.target, route);
  }
  const failure = event.names.find(isFailure);
  const heard = [...routes.keys()].some((target) => defaults.isReachable(target));
  const name = event.names.find(isOfServer) ?? (heard ? undefined : failure);
  if (name !== undefined) for (const target of defaults.targets) if (!routes.has(target)) routes.set(target, { target, name, dueAt: now, together: false });
  return { routes: [...routes.values()], unheard: failure !== undefined && routes.size === 0 };
}

function sooner(one: Route, other: Route): boolean {
  return one.dueAt < other.dueAt || (one.dueAt === other.dueAt && !one.together && other.together);
}

function routesBy(rule: NotificationRule, event: Routable, now: Instant): readonly Route[] {
  const name = event.names.find((one) => rule.on.includes(one)) ?? (rule.on.includes('*') ? event.names[0] : undefined);
  if (name === undefined || !isIn(rule, event)) return [];
  const [at, together] = timeOf(rule, name, now);
  return rule.to.map((target) => ({ target, name, dueAt: at, together }));
}

function isIn({ environments, applications }: NotificationRule, event: Routable): boolean {
  const inEnvironment = environments.length === 0 || (event.environment !== undefined && environments.includes(event.environment));
  return inEnvironment && (applications.length === 0 || event.applications.some((application) => applications.includes(application)));
}

function timeOf({ digest, quiet }: NotificationRule, name: NotificationEvent, now: Instant): readonly [Instant, boolean] {
  const gathered = digest ? nextDigest(digest, now) : now;
  const loud = !quiet || quiet.except.includes(name);
  const at = loud ? gathered : quietUntil(quiet.times, gathered);
  return [at, digest !== undefined || at > now];
}

/** When what comes now is told: at the next whole so many minutes since midnight UTC, or at that time of the day. */
export function nextDigest(digest: Digest, now: Instant): Instant {
  if (digest.kind === 'every') return instant((Math.floor(now / digest.every) + 1) * digest.every);
  const { minute, timezone } = digest;
  // the wall's clock decides, also over a change of it: as a window of one minute
  const daily: WindowRule = { effect: 'allow', times: { kind: 'weekly', weekdays: [1, 2, 3, 4, 5, 6, 7], from: minute, days: minute === 1_439 ? 1 : 0, to: (minute + 1) % 1_440 }, timezone, text: 'daily' };
  const opening = openingAt([daily], now);
  const next = opening.open ? openingAt([daily], later(now, 60_000)) : opening;
  return next.open ? now : (next.opensAt ?? later(now, LONGEST_QUIET));
}

/** Until when nobody is to be disturbed; the time itself when nobody minds. */
function quietUntil(times: readonly WindowRule[], at: Instant): Instant {
  const opening = openingAt(times, at);
  return opening.open ? at : (opening.opensAt ?? later(at, LONGEST_QUIET));
}
