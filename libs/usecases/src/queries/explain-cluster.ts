import { printableLine } from '@sluice/kernel';
import type { Instant } from '@sluice/kernel';
import type { Verdict } from '@sluice/promotion';
import type { Cluster } from '../ports/index.js';
import { isConnected } from './connected.js';

type Trouble = Pick<Verdict, 'outcome' | 'message' | 'clearedBy' | 'since'>;

/** Why a cluster does not run what it should; undefined while nothing is wrong with it, or it was shut out. */
export function clusterTrouble(cluster: Cluster, now: Instant): Verdict | undefined {
  if (cluster.revoked) return undefined;
  const trouble = isConnected(cluster, now) ? reported(cluster) : lost(cluster);
  return trouble && { gate: cluster.name, type: 'cluster', evidence: { phase: cluster.report?.phase ?? 'enrolled', commit: cluster.report?.commit ?? null }, ...trouble };
}

function lost({ name, lastSeenAt, enrolledAt }: Cluster): Trouble {
  return { outcome: 'wait', message: 'its agent is not connected', clearedBy: `the agent of ${name}, when it connects again`, since: lastSeenAt ?? enrolledAt };
}

function reported({ name, report }: Cluster): Trouble | undefined {
  if (report?.phase === 'failed') return { outcome: 'fail', message: failureOf(report), clearedBy: `a commit that repairs it, or a hand in ${name}`, since: report.receivedAt };
  if (report?.phase === 'blocked') return { outcome: 'wait', message: report.message, clearedBy: `an operator of ${name}`, since: report.receivedAt };
  return report && (unseen(name, report) ?? drifted(name, report));
}

/** Its agent is there, but cannot say how the cluster is: the API server is down, or its record cannot be read. */
function unseen(name: string, { health, message, receivedAt }: NonNullable<Cluster['report']>): Trouble | undefined {
  if (health !== 'Unknown' || message === '') return undefined;
  return { outcome: 'wait', message, clearedBy: `${name} itself, or a hand there`, since: receivedAt };
}

const MAX_SHOWN = 3;

/** What differs and is not put back: content with a difference is not healthy, so everything behind it waits. */
function drifted(name: string, { drift, receivedAt }: NonNullable<Cluster['report']>): Trouble | undefined {
  const standing = drift.filter(({ kind, reverted }) => kind !== 'foreign' && !reverted);
  if (standing.length === 0) return undefined;
  const shown = standing.slice(0, MAX_SHOWN).map(({ path, object, kind }) => printableLine(`${object ?? path} is ${kind}`));
  const more = standing.length > MAX_SHOWN ? [`and ${standing.length - MAX_SHOWN} more`] : [];
  return { outcome: 'fail', message: `differs from what was applied: ${[...shown, ...more].join(', ')}`, clearedBy: `\`sluice drift\` shows it; a hand in ${name}, "drift: revert", or \`sluice drift capture\``, since: receivedAt };
}

function failureOf({ message, resources }: NonNullable<Cluster['report']>): string {
  const [first] = resources;
  return first ? `${message}: ${first.object ?? first.path}: ${first.message}` : message;
}
