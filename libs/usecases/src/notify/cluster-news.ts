import { z } from 'zod';
import type { Cluster, StoredEvent } from '../ports/index.js';

/** By cluster, what was told of it and is not over; those of which nothing is are not in it. */
export type ClusterTroubles = Readonly<Record<string, { readonly failed?: string | undefined; readonly drifted?: true | undefined }>>;

const zTroubles = z.record(z.string(), z.object({ failed: z.string().optional(), drifted: z.literal(true).optional() }));

export function readTroubles(text: string | undefined): ClusterTroubles {
  return text === undefined ? {} : zTroubles.parse(JSON.parse(text));
}

type Trouble = ClusterTroubles[string];
type Report = NonNullable<Cluster['report']>;

/** Something that is told of a cluster. */
interface Word {
  readonly type: string;
  readonly message: string;
}

/**
 * What a report brings that somebody may want to be told of. An agent that tries again and again reports the same failure each time: it is told once, until it is another one, or over.
 */
export function clusterNews(event: StoredEvent, { name, report }: Pick<Cluster, 'name' | 'report'>, troubles: ClusterTroubles): { readonly news: readonly StoredEvent[]; readonly troubles: ClusterTroubles } {
  if (!report) return { news: [], troubles };
  const before = troubles[name] ?? {};
  const failure = failureNews(name, report, before);
  const drift = driftNews(name, report, before);
  const { [name]: _, ...others } = troubles;
  const own: Trouble = { ...failure.trouble, ...drift.trouble };
  return { news: [...failure.words, ...drift.words].map((word) => ({ ...event, ...word })), troubles: Object.keys(own).length === 0 ? others : { ...others, [name]: own } };
}

function failureNews(name: string, report: Report, { failed: before }: Trouble): { readonly words: readonly Word[]; readonly trouble: Trouble } {
  const at = report.commit ? ` at ${report.commit.slice(0, 10)}` : '';
  if (hasFailed(report)) {
    const failed = `${name} is ${report.phase}${at}${sayFailure(report)}`;
    return { words: failed === before ? [] : [{ type: 'cluster.failed', message: failed }], trouble: { failed } };
  }
  if (before === undefined) return { words: [], trouble: {} };
  // while it tries again nothing is known yet
  return report.phase === 'synced' ? { words: [{ type: 'cluster.recovered', message: `${name} is synced again${at}` }], trouble: {} } : { words: [], trouble: { failed: before } };
}

function driftNews(name: string, { drift }: Report, { drifted: before }: Trouble): { readonly words: readonly Word[]; readonly trouble: Trouble } {
  if (drift.length === 0) return { words: [], trouble: {} };
  const paths = drift.slice(0, 3).map(({ path }) => path);
  const message = `${drift.length} ${drift.length === 1 ? 'place differs' : 'places differ'} in ${name}: ${paths.join(', ')}`;
  return { words: before ? [] : [{ type: 'cluster.drifted', message }], trouble: { drifted: true } };
}

function hasFailed({ phase }: Report): boolean {
  return phase === 'failed' || phase === 'blocked';
}

function sayFailure({ message, resources }: Report): string {
  const [first] = resources.filter(({ status }) => status === 'Failed');
  if (message !== '') return `: ${message}`;
  return first ? `: ${first.path}: ${first.message}` : '';
}
