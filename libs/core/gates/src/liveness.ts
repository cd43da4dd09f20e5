import type { CommitSha, Instant } from '@sluice/kernel';
import type { ObservedCluster } from './observations.js';

type Status = ObservedCluster['status'];

/** What an agent said about its cluster, as far as liveness needs it. */
export interface ReportedState {
  readonly phase: 'syncing' | 'synced' | 'failed' | 'blocked';
  readonly health: Status;
  readonly message: string;
  /** Only what is not Current. */
  readonly resources: readonly { readonly path: string; readonly object?: string | undefined; readonly status: Status; readonly message: string }[];
}

/** An application as of the commit that the cluster runs. */
export interface RunningContent {
  readonly content: CommitSha;
  /** Newest position at which its content or what it `uses` changed. */
  readonly touched: number;
  readonly owns: (path: string) => boolean;
}

/** How one application does in one cluster, and since when it is healthy there. */
export interface ContentHealth {
  readonly content: CommitSha;
  readonly touched: number;
  readonly status: Status;
  readonly healthySince?: Instant;
  readonly message: string;
}

// kstatus: Failed > Unknown > InProgress > Current
const SEVERITY: Readonly<Record<Status, number>> = { Failed: 3, Unknown: 2, InProgress: 1, Current: 0 };

/** Whether a report says what its cluster runs: it has applied its commit, or, in `failed`, all of it but what it lists. */
export function saysWhatRuns(report: Pick<ReportedState, 'phase'>): boolean {
  return report.phase === 'synced' || report.phase === 'failed';
}

/**
 * An application's health after a report. Soak counts on content: the clock starts at the server's receipt of the first Current, goes on through InProgress and Unknown
 * (autoscaling does not void it), is lost on Failed, and starts again when what the application runs on is touched. A cluster that has not finished syncing says nothing about
 * the new commit: what was known stays. One that could not apply some files has failed for their applications and nobody else's.
 */
export function settleLiveness(previous: ContentHealth | undefined, running: RunningContent, report: ReportedState, receivedAt: Instant): ContentHealth | undefined {
  if (!saysWhatRuns(report)) return previous;
  const { status, message } = statusUnder(running.owns, report);
  // after a force push another commit may have the same position
  const same = previous?.touched === running.touched && previous.content === running.content;
  const known = same ? previous.healthySince : undefined;
  const healthySince = status === 'Failed' ? undefined : (known ?? (status === 'Current' ? receivedAt : undefined));
  return { content: running.content, touched: running.touched, status, message, ...(healthySince === undefined ? {} : { healthySince }) };
}

/** The resource that stands for the command after a change, in an agent's report (`libs/sync`, describe-condition): what it says concerns every application. */
export const AFTER_CHANGE = 'after-change';

/** The resources that stand for the commands which make a target true (`libs/adapters/command-target`): one target of all applications. */
const COMMANDS: readonly string[] = ['command:plan', 'command:apply', 'command:detect'];

/** Agents list at most this many problems; a full list may lack this application's. */
export const MAX_REPORTED_RESOURCES = 200;

/** The worst of an application's own resources; where none of them is a problem the cluster's whole answer decides only whether anything is known. */
function statusUnder(owns: (path: string) => boolean, report: ReportedState): { readonly status: Status; readonly message: string } {
  const own = report.resources.filter(({ path }) => path === AFTER_CHANGE || COMMANDS.includes(path) || owns(path));
  if (own.length > 0) {
    const worst = own.reduce((a, b) => (SEVERITY[b.status] > SEVERITY[a.status] ? b : a));
    return { status: worst.status, message: `${worst.object ?? worst.path}: ${worst.message}` };
  }
  // problems are listed, and none of them is this application's: they explain the cluster's overall state
  const explained = report.resources.length > 0 && report.resources.length < MAX_REPORTED_RESOURCES;
  if (report.health === 'Current' || explained) return { status: 'Current', message: '' };
  return { status: report.health, message: report.message };
}

const COMPARED = ['content', 'touched', 'status', 'healthySince', 'message'] as const;

/** Whether two answers differ in what gates look at. */
export function sameLiveness(a: ContentHealth | undefined, b: ContentHealth | undefined): boolean {
  return COMPARED.every((field) => a?.[field] === b?.[field]);
}
