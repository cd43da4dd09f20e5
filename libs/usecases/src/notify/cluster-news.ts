import { z } from 'zod';
import type { Cluster, StoredEvent } from '../ports/index.js';

/** By cluster, what was told of it and is not over; those of which nothing is are not in it. */
export type ClusterTroubles = Readonly<Record<string, { readonly failed?: string | undefined; readonly drifted?: true | undefined }>>;

const zTroubles = z.record(z.string(), z.object({ failed: z.string().optional(), drifted: z.literal(true).optional() }));

export function readTroubles(text: string | undefined): ClusterTroubles {
  return text === undefined ? {} : zTroubles.parse(JSON.parse(text));
}

/**
 * What a report brings that somebody may want to be told of. An agent that tries again and again reports the same failure each time: it is told once, until it is another one, or over.
 */
export function clusterNews(event: StoredEvent, { name, report }: Pick<Cluster, 'name' | 'report'>, troubles: ClusterTroubles): { readonly news: readonly StoredEvent[]; readonly troubles: ClusterTroubles } {
  if (!report) return { news: [], troubles };
  const before = troubles[name] ?? {};
  const at = report.commit ? ` at ${report.commit.slice(0, 10)}` : '';
  const failed = failureOf(report);
  const message = failed === undefined ? undefined : `${name} is ${report.phase}${at}${failed === '' ? '' : `: ${failed}`}`;
  const news: StoredEvent[] = [];
  const told = (type: string, what: string): void => void news.push({ ...event, type, message: what });
  if (message !== undefined && message !== before.failed) told('cluster.failed', message);
  const recovered = before.failed !== undefined && report.phase === 'synced';
  if (recovered) told('cluster.recovered', `${name} is synced again${at}`);
  const drifted = report.drift.length > 0;
  if (drifted && !before.drifted) told('cluster.drifted', `${report.drift.length} ${report.drift.length === 1 ? 'place differs' : 'places differ'} in ${name}: ${report.drift.slice(0, 3).map(({ path }) => path).join(', ')}`);
  const stays = message ?? (recovered ? undefined : before.failed);
  const { [name]: _, ...others } = troubles;
  const own = { ...(stays !== undefined && { failed: stays }), ...(drifted && { drifted: true as const }) };
  return { news, troubles: Object.keys(own).length === 0 ? others : { ...others, [name]: own } };
}

/** Undefined: it has not failed. */
function failureOf({ phase, message, resources }: NonNullable<Cluster['report']>): string | undefined {
  if (phase !== 'failed' && phase !== 'blocked') return undefined;
  const [first] = resources.filter(({ status }) => status === 'Failed');
  return message !== '' || !first ? message : `${first.path}: ${first.message}`;
}
