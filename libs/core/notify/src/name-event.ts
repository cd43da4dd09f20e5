import type { NotificationEvent } from '@sluice/pipeline';

/** What is known of an event beyond what it says. */
export interface EventFacts {
  /** The environment of the promotion needs approvals. */
  readonly needsApproval?: boolean;
  /** The promotion was degraded before. */
  readonly wasDegraded?: boolean;
}

const NAMES: Readonly<Record<string, NotificationEvent>> = {
  'promotion.opened': 'opened',
  'promotion.ready': 'waiting-on-merge',
  'promotion.approved': 'approved',
  'approval.voided': 'approval-voided',
  'promotion.rejected': 'rejected',
  'promotion.closed': 'closed',
  'promotion.overridden': 'overridden',
  'gate.failed': 'gate-failed',
  'test.failed': 'test-failed',
  'lane.conflicted': 'conflicted',
  'lane.held': 'held',
  'lane.blocked': 'blocked',
  'promotion.merged': 'merged',
  'promotion.live': 'live',
  'promotion.degraded': 'degraded',
  'rollout.degraded': 'degraded',
  'cluster.recovered': 'recovered',
  'cluster.failed': 'sync-failed',
  'rollout.paused': 'rollout-paused',
  'rollout.rolled-back': 'rolled-back',
  'promotion.rollback-ordered': 'rolled-back',
  'promotion.taken-back': 'rolled-back',
  'promotion.rollback-impossible': 'rollback-impossible',
  'promotion.tampered': 'tampered',
  'environment.withheld': 'withheld',
  'backflow.changed': 'target-only',
  'cluster.drifted': 'drifted',
  'freeze.begun': 'frozen',
  'freeze.lifted': 'unfrozen',
  'break-glass.opened': 'break-glass',
  'break-glass.used': 'break-glass',
  'pipeline.broken': 'pipeline-broken',
  'images.waiting': 'images-waiting',
  'forge.refused': 'forge-refuses',
  'account.unusable': 'account-unusable',
  'cluster.lost': 'cluster-lost',
  'cluster.returned': 'cluster-returned',
  'notification.failed': 'endpoint-dead',
  'audit.finding': 'audit-finding',
};

/** What a pipeline file calls an event, the most exact name first; none: nobody is told of it. */
export function namesOf(type: string, { needsApproval, wasDegraded }: EventFacts = {}): readonly NotificationEvent[] {
  const name = Object.hasOwn(NAMES, type) ? NAMES[type] : undefined;
  if (name === undefined) return [];
  if (name === 'opened' && needsApproval) return ['waiting-on-approval', name];
  if (name === 'live' && wasDegraded) return ['recovered', name];
  return [name];
}

/** What was to be and did not come to be: somebody is always told. */
const FAILURES: readonly NotificationEvent[] = ['degraded', 'sync-failed', 'rollback-impossible', 'tampered'];

export function isFailure(name: NotificationEvent): boolean {
  return FAILURES.includes(name);
}

/** What concerns the server itself: whoever it tells by default hears of it, whatever the rules of repositories are. */
const OF_SERVER: readonly NotificationEvent[] = ['cluster-lost', 'endpoint-dead', 'audit-finding', 'break-glass', 'forge-refuses', 'account-unusable'];

export function isOfServer(name: NotificationEvent): boolean {
  return OF_SERVER.includes(name);
}
