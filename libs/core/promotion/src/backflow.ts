import { applicationName, environmentName, isName, printableLine } from '@sluice/kernel';
import type { ApplicationName, CommitSha, EnvironmentName, Instant } from '@sluice/kernel';
import { describeNodes } from './held-node.js';
import type { HeldNode } from './held-node.js';

/** What an environment has and what was promoted there has not, because people committed it to the environment's branch: hotfixes. */
export interface TargetOnly {
  /** What was promoted there, as a commit of the branch that it was promoted from. */
  readonly base: CommitSha;
  /** The first environment, to which it is returned. */
  readonly first: EnvironmentName;
  /** By the commit that gave each place its value; newest first. */
  readonly changes: readonly TargetOnlyChange[];
}

export interface TargetOnlyChange {
  readonly commit: CommitSha;
  readonly author: string;
  readonly email: string;
  readonly subject: string;
  readonly at: Instant;
  readonly nodes: readonly HeldNode[];
}

/** Where target-only content is returned from. */
export interface BackflowPlace {
  readonly first: EnvironmentName;
  readonly application: ApplicationName;
  /** The environment that has it. */
  readonly environment: EnvironmentName;
}

/** The branch that a backflow request is made from. */
export function backflowBranch({ first, application, environment }: BackflowPlace): string {
  return `sluice/backflow/${first}/${application}/${environment}`;
}

/** What {@link backflowBranch} named; undefined for other branches. */
export function backflowPlace(branch: string): BackflowPlace | undefined {
  const [, first = '', application = '', environment = ''] = /^sluice\/backflow\/([^/]+)\/([^/]+)\/([^/]+)$/.exec(branch) ?? [];
  if (!isName(first) || !isName(application) || !isName(environment)) return undefined;
  return { first: environmentName(first), application: applicationName(application), environment: environmentName(environment) };
}

/** Title of a backflow request and subject of its commit. */
export function backflowTitle({ first, application, environment }: BackflowPlace): string {
  return printableLine(`Return to ${first} what ${environment} has of ${application}`, 250);
}

export function backflowMessage(place: BackflowPlace, changes: TargetOnly['changes']): string {
  return [backflowTitle(place), '', ...changes.map(({ commit, author, email }) => `Sluice-Backflow-Of: ${commit} ${printableLine(`${author} <${email}>`, 250)}`), ''].join('\n');
}

/** `spec.replicas of Deployment.apps checkout in …, changed on prod by bob in 0123456789 (subject)`. */
export function sayTargetOnly(environment: EnvironmentName, { commit, author, subject, nodes }: TargetOnlyChange): string {
  return `${describeNodes(nodes)}: changed on ${environment} by ${printableLine(author, 80)} in ${commit.slice(0, 10)} (${printableLine(subject, 100)}), and not by promotion`;
}

/** What a request of ours says of itself in the last line of its text. */
export interface BackflowMarker {
  /** Hash over all that it was made of. */
  readonly key: string;
  /** The commit that Sluice put on its branch. */
  readonly head: string;
  /** The commits whose changes it returns. */
  readonly commits: readonly string[];
}

export function formatBackflowMarker({ key, head, commits }: BackflowMarker): string {
  return `<!-- sluice:backflow ${key} ${head} ${commits.join(',')} -->`;
}

/** The marker in the last line of a request's text; undefined when there is none. */
export function parseBackflowMarker(body: string): BackflowMarker | undefined {
  const last = body.trimEnd().split('\n').at(-1) ?? '';
  const [, key, head, commits] = /^<!-- sluice:backflow ([0-9a-f]{64}) ([0-9a-f]{40,64}) ([0-9a-f,]{40,20000}) -->$/.exec(last) ?? [];
  return key !== undefined && head !== undefined && commits !== undefined ? { key, head, commits: commits.split(',') } : undefined;
}

/** The newest request of a backflow branch. */
export interface SeenBackflow {
  readonly state: 'open' | 'closed' | 'merged';
  readonly head: string;
  readonly closedBy?: string;
  readonly marker?: BackflowMarker;
}

/**
 * `keep`: nothing is to be done, because the request is as it should be, is somebody's now, or was closed or merged for the same hotfixes · `open`, `update`: the branch and the request are to be made
 * again · `close`: there is nothing to return any more.
 */
export type BackflowStep = 'keep' | 'open' | 'update' | 'close';

/** What becomes of a request when this is (or, undefined, nothing is) to be returned. */
export function decideBackflow(wanted: Pick<BackflowMarker, 'key' | 'commits'> | undefined, seen: SeenBackflow | undefined): BackflowStep {
  if (!wanted) return seen?.state === 'open' && seen.marker ? 'close' : 'keep';
  if (!seen) return 'open';
  if (seen.state === 'open') return isToBeUpdated(seen, wanted.key) ? 'update' : 'keep';
  return isSettled(seen, wanted.commits) ? 'keep' : 'open';
}

/** What somebody has pushed to it, or whose text somebody has rewritten, is theirs. */
function isToBeUpdated({ head, marker }: SeenBackflow, key: string): boolean {
  return marker !== undefined && marker.head === head && marker.key !== key;
}

/** A person has closed or merged it, for all of these hotfixes. */
function isSettled({ state, closedBy, marker }: SeenBackflow, commits: readonly string[]): boolean {
  const isOurs = state === 'closed' && closedBy === 'sluice';
  return !isOurs && commits.every((commit) => marker?.commits.includes(commit));
}
