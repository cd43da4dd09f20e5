import { printableLine } from '@sluice/kernel';
import type { ClusterName, CommitSha, EnvironmentName, PersonName } from '@sluice/kernel';
import type { FieldDrift, LeftPlace } from '@sluice/sync-plan';
import { placeName, type DriftPlace } from './read-drift.js';

/** What a capture's commit and request say. */
export interface CaptureText {
  readonly environment: EnvironmentName;
  readonly cluster: ClusterName;
  readonly person: PersonName;
  /** What the cluster runs, and the request starts from. */
  readonly commit: CommitSha;
  readonly captured: readonly DriftPlace[];
  readonly left: readonly LeftPlace[];
}

const MAX_LINES = 200;

export function captureTitle({ environment, cluster }: Pick<CaptureText, 'environment' | 'cluster'>): string {
  return `Take over into ${environment} what was changed in ${cluster}`;
}

export function captureMessage(text: CaptureText): string {
  return `${captureTitle(text)}\n\n${bounded(text.captured.map((place) => `- ${printableLine(placeName(place), 500)}`)).join('\n')}\n`;
}

/** Field by field, as `sluice drift` shows it: nothing secret is in it. */
export function captureBody(text: CaptureText): string {
  const { cluster, person, commit, captured, left } = text;
  const places = captured.flatMap((place) => [`- ${code(placeName(place))}${place.kind === 'missing' ? ': is gone' : ''}`, ...(place.diff?.fields ?? []).map((field) => `  - ${sayField(field)}`)]);
  const rest = left.length === 0 ? [] : ['', 'Not in it:', '', ...bounded(left.map((place) => `- ${code(placeName(place))}: ${printableLine(place.message, 300)}`))];
  return [`${person} asked for this: what was changed in ${cluster} since it runs ${commit.slice(0, 10)}, by other hands than Sluice's.`, '', ...bounded(places), ...rest, ''].join('\n');
}

function sayField({ object, field, wanted, live, by }: FieldDrift): string {
  const where = object === undefined ? field : `${object}: ${field}`;
  return `${code(where)}: ${wanted === undefined ? 'not there' : code(wanted)} → ${live === undefined ? 'not there' : code(live)}${by === undefined ? '' : ` (${printableLine(by, 100)})`}`;
}

/** Text of clusters must not become markup. */
function code(text: string): string {
  return `\`${printableLine(text, 500).replaceAll('`', '\'')}\``;
}

function bounded(lines: readonly string[]): readonly string[] {
  return lines.length > MAX_LINES ? [...lines.slice(0, MAX_LINES), `- and ${lines.length - MAX_LINES} more`] : lines;
}
