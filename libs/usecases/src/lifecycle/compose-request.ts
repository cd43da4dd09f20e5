import type { CommitSha, ObjectSha, RepositoryId } from '@sluice/kernel';
import type { FileVersion } from '@sluice/manifests';
import type { Application, Environment, Pipeline } from '@sluice/pipeline';
import type { Hold, Ledger } from '@sluice/promotion';
import type { PathBase } from './path-bases.js';
import type { Resolution } from './resolve-conflicts.js';

/** What is composed: one application's content at a source commit, onto a target commit. */
export interface ComposeRequest {
  readonly repository: RepositoryId;
  readonly pipeline: Pipeline;
  readonly application: Application;
  readonly source: Environment;
  readonly target: Environment;
  /** S and its committer date in milliseconds. */
  readonly sourceCommit: CommitSha;
  readonly sourceDate: number;
  /** T. */
  readonly onto: CommitSha;
  /** The ledger at T, when it counts and its source commit is still in the source's history. */
  readonly ledger?: Ledger;
  /** Where files have come from another application: the base of each, in place of the ledger's commit. */
  readonly bases?: readonly PathBase[];
  /** Where several applications are composed into one commit: what is composed of each. `application` is then all of them in one, and the rest is of the newest. */
  readonly parts?: readonly ComposePart[];
  /** The release set that they are. */
  readonly set?: string;
  /** Environments whose own values are none of what is promoted, beside the target. */
  readonly alsoOwnedBy?: readonly Environment[];
  readonly origin: CommitSha;
  readonly attempt: number;
  /** A hold that has ended: what was undone on the target comes again, by the overlay where the ledger stayed. */
  readonly ended?: Hold;
  /** A merge that has to be judged anew, as it is. */
  readonly tampered?: Tampered;
  /** Files that are composed onto in place of the target's own. */
  readonly overlay?: Overlay;
  /** How somebody has resolved conflicts of this or an earlier composition. */
  readonly resolution?: Resolution;
}

/** One of several applications in a composition. */
export type ComposePart = Pick<ComposeRequest, 'application' | 'sourceCommit' | 'ledger' | 'bases' | 'origin' | 'ended'> & {
  /** The blob of the target's ledger. */
  readonly blob?: ObjectSha;
  /** Where its source commit is, when it is not in the environment that the others are taken from: it stays as it is. */
  readonly source?: Environment;
};

/** What the content of a composition is made of. */
export type ContentRequest = Pick<ComposeRequest, 'pipeline' | 'application' | 'target' | 'sourceCommit' | 'onto' | 'overlay' | 'resolution' | 'alsoOwnedBy' | 'bases' | 'tampered'> & { readonly ledger?: Pick<Ledger, 'commit'>; readonly parts?: readonly Omit<ContentRequest, 'pipeline' | 'target' | 'onto'>[] };

/** Files by path; undefined: it is not there. */
export type Overlay = ReadonlyMap<string, FileVersion | undefined>;

/** Versions of the changed files, for the diff that a reviewer sees. */
export interface ComposedFiles {
  readonly before: ReadonlyMap<string, FileVersion>;
  readonly after: ReadonlyMap<string, FileVersion>;
}

/** A merge that is not what was composed: what is there now has been approved by nobody, and is composed and judged anew as it is. */
export interface Tampered {
  readonly merge: CommitSha;
  /** The last commit of the target that was right: what its agents still run. */
  readonly before: CommitSha;
}
