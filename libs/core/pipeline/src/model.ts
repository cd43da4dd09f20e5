import type { HealthExpressions } from '@sluice/health';
import type { ApplicationName, EnvironmentName, Instant, Labels } from '@sluice/kernel';
import type { ImagePolicy } from '@sluice/policy';
import type { ContentGate } from './content-gates.js';
import type { NotificationRule } from './notifications/rule.js';
import type { TestGate } from './test-gate.js';
import type { WindowRule } from './windows/window.js';

/** A parsed, checked and normalised `sluice.yaml`: every default filled in, every reference resolved. */
export interface Pipeline {
  readonly name: string;
  /** In topological order: sources before targets. */
  readonly environments: readonly Environment[];
  /** Never empty: a file without `applications` has one, named like the pipeline, that owns the whole tree. */
  readonly applications: readonly Application[];
  readonly environmentOwned: readonly OwnershipRule[];
  readonly roles: readonly RoleBinding[];
  /** Absent: none. */
  readonly imageUpdates?: readonly ImageUpdate[];
  /** When objects of kinds are well; absent: nothing but the common rules. */
  readonly health?: readonly HealthExpressions[];
  /** Absent: none. */
  readonly releaseSets?: readonly ReleaseSet[];
  /** Who is told of what; absent: nobody but the server's own. */
  readonly notifications?: readonly NotificationRule[];
}

/** Applications that are promoted together. */
export interface ReleaseSet {
  readonly name: string;
  readonly applications: readonly ApplicationName[];
  /** Where; resolved, never empty. */
  readonly environments: readonly EnvironmentName[];
}

/** An image whose newest tag is committed to a first environment. */
export interface ImageUpdate {
  /** Registry and repository, without a tag. */
  readonly image: string;
  readonly policy: ImagePolicy;
  readonly environment: EnvironmentName;
  readonly pin: 'tag' | 'digest';
}

export interface Environment {
  readonly name: EnvironmentName;
  readonly branch: string;
  /** Environments that a candidate must have been live in; empty for a first environment. */
  readonly from: readonly EnvironmentName[];
  /** One of the sources is enough; absent: all of them must have had the content live. */
  readonly fromAny?: boolean;
  /** What happens to a commit that did not come by promotion. */
  readonly directPush: 'deploy' | 'hold' | 'deny';
  readonly drift: 'revert' | 'report';
  /** Fields whose difference is no drift; absent: none. */
  readonly driftIgnore?: readonly DriftIgnore[];
  readonly merge: 'auto' | 'manual';
  readonly onNewSource: 'update' | 'wait';
  readonly gates: readonly Gate[];
  readonly approvals?: ApprovalPolicy;
  /** When things are merged into it; absent: always. */
  readonly windows?: readonly WindowRule[];
  /** Clusters that get a merge one after the other; absent: all at once. */
  readonly waves?: readonly Wave[];
  /** A merged promotion that has Failed where its application was healthy before is rolled back, or its waves pause; absent: it is only reported. */
  readonly onDegraded?: 'rollback' | 'pause';
  /** Who may act against the rules in an emergency; absent: nobody. */
  readonly emergency?: EmergencyPolicy;
}

/** A field whose difference is no drift, in objects of one kind or (absent) of all. */
export interface DriftIgnore {
  readonly kind?: string;
  readonly path: FieldPath;
}

/** Clusters that get a merge together. */
export interface Wave {
  /** Labels that they all have; empty: every cluster that is in no earlier wave. */
  readonly clusters: Labels;
  /** Milliseconds for which what was merged must have been healthy in all of them before the next wave begins. */
  readonly soak: number;
}

export type Gate =
  | { readonly name: string; readonly type: 'check'; readonly context: string }
  /** `soak` in milliseconds: how long the content must have been healthy in every cluster of the source environment. */
  | { readonly name: string; readonly type: 'health'; readonly soak: number }
  | { readonly name: string; readonly type: 'manual'; readonly from: readonly Principal[] }
  | { readonly name: string; readonly type: 'window'; readonly rule: WindowRule }
  | { readonly name: string; readonly type: 'freeze'; readonly from?: Instant; readonly until: Instant; readonly timezone: string; readonly reason: string }
  | TestGate
  | ContentGate;

export type GateType = Gate['type'];

/** `person:ada`, `group:sre` or `*` (everybody who is signed in). */
export type Principal =
  | { readonly kind: 'person'; readonly name: string }
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'anyone' };

export interface ApprovalPolicy {
  readonly required: number;
  /** Whose approvals count; with a quorum also everybody whom its parts name. */
  readonly from: readonly Principal[];
  /** So many of each; a person counts once in all. Absent: whoever. */
  readonly quorum?: readonly QuorumPart[];
  readonly excludeAuthors: boolean;
  readonly excludeRequester: boolean;
}

/** One part of a quorum: so many people of these. */
export interface QuorumPart {
  readonly from: readonly Principal[];
  readonly required: number;
}

/** What only an emergency may set aside when the policy names it. */
export type EmergencyScope = 'approvals' | 'adoption';

export interface EmergencyPolicy {
  /** How many of them it takes. */
  readonly required: number;
  readonly from: readonly Principal[];
  /** What may be overridden besides gates, windows and freezes. */
  readonly also: readonly EmergencyScope[];
}

export interface Application {
  readonly name: ApplicationName;
  /** Path globs of the files that it owns; disjoint from every other application's. */
  readonly paths: readonly string[];
  /** Path globs of files that it depends on and does not own. */
  readonly uses: readonly string[];
  /** Applications that go first while they have an open candidate in the same target; absent: none. */
  readonly after?: readonly ApplicationName[];
}

/** What an environment keeps for itself. Without `fields` the whole file is owned. */
export interface OwnershipRule {
  /** Environments that own it; empty means all. */
  readonly environments: readonly EnvironmentName[];
  /** Only files that match; absent: any file. */
  readonly path?: string;
  /** Only objects of this kind; absent: any document. */
  readonly kind?: string;
  /** Parsed field paths (`spec.replicas`, `spec.template.spec.containers[*].image`); empty: the whole file. */
  readonly fields: readonly FieldPath[];
  /** Of an image reference, only the registry and repository path up to the last `/`. */
  readonly part?: 'registry';
}

/** Keys from the document's root; {@link ANY_ITEM} stands for every item of a list or every value of a map. Plain text, so that a pipeline survives JSON. */
export type FieldPath = readonly string[];
/** No key is called so: `["*"]` is refused in a field path. */
export const ANY_ITEM = '*';

export type Role = 'viewer' | 'promoter' | 'approver' | 'admin';
export interface RoleBinding {
  readonly role: Role;
  readonly who: readonly Principal[];
  /** `'*'` or names. */
  readonly applications: readonly string[];
  readonly environments: readonly string[];
}

/** One finding in a pipeline file. `line` and `column` count from 1. */
export interface Diagnostic {
  readonly severity: 'error' | 'warning';
  readonly message: string;
  readonly line: number;
  readonly column: number;
  /** Where in the document: `spec.environments[1].gates[0].type`. */
  readonly at: string;
}
