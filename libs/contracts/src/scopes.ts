import type { Scope } from '@sluice/kernel';
import { API, type Route, type RouteName } from './routes.js';

/** `any`: every token may. `all`: only who is signed in, or has a token without limits. */
export type RouteScope = Scope | 'any' | 'all';

/** The scope that a token needs for a route that changes something; reads need `read`, and routes of admins `admin`. */
const SCOPE_OF: Partial<Record<RouteName, RouteScope>> = {
  me: 'any',
  signOut: 'any',
  revokeToken: 'any',
  createLoginLink: 'all',
  createOwnToken: 'all',
  revokeOneToken: 'all',
  sessions: 'all',
  endSession: 'all',
  createLoginCode: 'all',
  createSlackCode: 'all',
  linkOwnAccount: 'all',
  unlinkOwnAccount: 'all',
  finishSlackLink: 'slack',
  slackLinks: 'slack',
  slackLink: 'slack',
  unlinkSlack: 'slack',
  botNotes: 'slack',
  putBotNote: 'slack',
  removeBotNote: 'slack',
  slackNotifications: 'slack',
  settleSlackNotification: 'slack',
  plan: 'read',
  planKnown: 'read',
  planContent: 'read',
  promote: 'promote',
  rollback: 'promote',
  acceptDirect: 'approve',
  restoreEnvironment: 'promote',
  approve: 'approve',
  reject: 'approve',
  clearGate: 'approve',
  overrideGate: 'approve',
  mergePromotion: 'approve',
  freeze: 'promote',
  liftFreezes: 'promote',
  delegate: 'all',
  breakGlass: 'all',
  endRight: 'all',
  rerunTests: 'promote',
  pauseRollout: 'promote',
  continueRollout: 'promote',
  abortRollout: 'promote',
  captureDrift: 'promote',
  createChange: 'promote',
  updateChange: 'promote',
  mergeChange: 'promote',
  closeChange: 'promote',
  createReview: 'approve',
  createStatus: 'report',
};

const NAMES = new Map<Route, RouteName>(Object.entries(API).map(([name, route]) => [route, name as RouteName]));

/** What a token needs for a route. One that changes something and names no scope takes no token that is limited. */
export function scopeOf(route: Route): RouteScope {
  const name = NAMES.get(route);
  const named = name && SCOPE_OF[name];
  if (named) return named;
  if (route.access === 'admin') return 'admin';
  return route.method === 'GET' ? 'read' : 'all';
}

/** Routes of people that change something and do not say which scope that needs. */
export function routesWithoutScope(): readonly RouteName[] {
  return [...NAMES].filter(([route, name]) => route.access === 'person' && route.method !== 'GET' && SCOPE_OF[name] === undefined).map(([, name]) => name);
}
