import { z } from 'zod';
import { zApplication, zCluster, zCommit, zCursor, zDigest, zEnvironment, zLabels, zLimit, zMoment, zPerson, zPromotionId, zReason, zRepository, zTime } from './fields.js';
import { freezeDto } from './freezes.js';
import { rightDto } from './rights.js';

/** Wire schemas of `/api/v1`. `docs/api.md` lists the routes with the credential that each takes. Times are RFC 3339 in UTC. */

export const verdict = z.object({
  gate: z.string(),
  type: z.string(),
  outcome: z.enum(['pass', 'wait', 'fail']),
  message: z.string(),
  clearedBy: z.string().optional(),
  since: zTime,
  until: zTime.optional(),
  /** When a right for a time ends that it rests on: it is given anew then. */
  restsUntil: zTime.optional(),
  evidence: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type VerdictDto = z.output<typeof verdict>;

export const promotionState = z.enum(['open', 'ready', 'merging', 'rolling-out', 'live', 'superseded', 'rejected', 'tampered', 'degraded', 'rolled-back']);
export const laneCondition = z.enum(['in-sync', 'promoting', 'no-content', 'waiting', 'conflicted', 'closed', 'held', 'adopt', 'blocked']);

export const promotionSummary = z.object({
  id: zPromotionId,
  repository: zRepository,
  application: zApplication,
  from: zEnvironment,
  target: zEnvironment,
  state: promotionState,
  kind: z.enum(['change', 'record-only', 'adopt', 'rollback']),
  source: zCommit,
  digest: zDigest,
  change: z.object({ number: z.number().int(), url: z.string() }).optional(),
  title: z.string(),
  /** The first thing that it waits for, for lists; reads after "waits for". */
  waitsFor: z.string().optional(),
  /** Where several applications are promoted as one: all of them; `application` is the one whose lane it is in. */
  applications: z.array(zApplication).optional(),
  /** The release set that they are. */
  releaseSet: z.string().optional(),
  createdAt: zTime,
  updatedAt: zTime,
  mergedAt: zTime.optional(),
  liveAt: zTime.optional(),
});
export type PromotionSummary = z.output<typeof promotionSummary>;

/** `login`: an account that pushed and is nobody's yet. `beyond`: those behind the commits before this many, which were not read. */
export const author = z.object({ name: z.string(), email: z.string(), person: zPerson.optional(), login: z.string().optional(), beyond: z.number().int().optional() });
/** How a decision stands on the forge: as this login’s own review, or written by Sluice though the person has linked an account, and why. */
export const written = z.object({ login: z.string().optional(), notOwn: z.string().optional() });
export const approval = z.object({ person: zPerson, decision: z.enum(['approved', 'rejected', 'cleared', 'overridden']), gate: z.string().optional(), comment: z.string(), door: z.string(), at: zTime, written: written.optional() });
export const note = z.object({ path: z.string(), field: z.string(), value: z.string(), message: z.string() });
/** What the caller may do now, each with the reason when not. */
export const action = z.object({ name: z.enum(['approve', 'reject', 'merge', 'clear', 'override']), allowed: z.boolean(), reason: z.string().optional(), gate: z.string().optional() });

export const promotionDetail = promotionSummary.extend({
  base: zCommit.optional(),
  origin: zCommit,
  head: zCommit,
  mergedAs: zCommit.optional(),
  attempt: z.number().int(),
  requester: zPerson.optional(),
  authors: z.array(author),
  verdicts: z.array(verdict),
  approvals: z.array(approval),
  notes: z.array(note),
  changedPaths: z.array(z.string()),
  timeline: z.array(z.object({ at: zTime, what: z.string(), by: z.string().optional(), detail: z.string().optional() })),
  actions: z.array(action),
});
export type PromotionDetail = z.output<typeof promotionDetail>;

const identity = z.object({ group: z.string(), kind: z.string(), namespace: z.string(), name: z.string() });
export const objectChange = z.object({
  path: z.string(),
  object: identity.optional(),
  change: z.enum(['added', 'removed', 'modified']),
  fields: z.array(z.object({ field: z.string(), before: z.string().optional(), after: z.string().optional() })),
  lines: z.object({ added: z.number().int(), removed: z.number().int() }).optional(),
  truncated: z.boolean(),
});
export type ObjectChangeDto = z.output<typeof objectChange>;
/** `message`: why there is no (whole) diff. */
/** `rendering`: what of the changes was rendered, and by what; what was not, and why. */
export const promotionDiff = z.object({ changes: z.array(objectChange), rendering: z.array(z.string()), message: z.string().optional() });
export type PromotionDiff = z.output<typeof promotionDiff>;

export const promotionList = z.object({ items: z.array(promotionSummary), next: zCursor.optional() });
export const promotionQuery = z.object({ repository: zRepository.optional(), application: zApplication.optional(), environment: zEnvironment.optional(), state: promotionState.optional(), cursor: zCursor.optional(), limit: zLimit });

/** Answers of POST approve, reject, merge, clear, promote: the promotion as it is afterwards. */
export const decide = z.object({ digest: zDigest, comment: z.string().max(2_000).default('') });
export const reject = z.object({ digest: zDigest, reason: zReason });
export const clearGate = z.object({ digest: zDigest, gate: z.string().max(100), reason: zReason });
/** One gate is set aside by the environment's emergency policy. */
export const overrideGate = z.object({ digest: zDigest, gate: z.string().max(100), reason: zReason });
export const promote = z.object({ repository: zRepository, application: zApplication, environment: zEnvironment, reason: z.string().max(2_000).default('') });
export const rollback = z.object({ repository: zRepository, application: zApplication, environment: zEnvironment, to: zPromotionId.optional(), reason: zReason });
export const rollbackOutcome = z.object({ message: z.string(), undoes: z.array(zPromotionId), promotion: promotionSummary.optional() });
export const promoteOutcome = z.object({
  /** `opened`: there is a promotion now (or there was) · `nothing`: in sync or not promotable, `message` says why. */
  outcome: z.enum(['opened', 'nothing']),
  message: z.string(),
  promotion: promotionSummary.optional(),
});
export type PromoteOutcome = z.output<typeof promoteOutcome>;

export const conflict = z.object({ path: z.string(), reason: z.string(), message: z.string(), object: identity.optional(), field: z.string().optional(), base: z.string().optional(), source: z.string().optional(), target: z.string().optional(), line: z.number().int().optional(), column: z.number().int().optional() });

export const matrixCell = z.object({
  environment: zEnvironment,
  application: zApplication,
  /** The commit on the environment's branch that holds this application's content; absent: no content. */
  commit: zCommit.optional(),
  /** The commit in the first environment that this content comes from, when known. */
  origin: zCommit.optional(),
  subject: z.string().optional(),
  since: zTime.optional(),
  health: z.enum(['Current', 'InProgress', 'Failed', 'Unknown']),
  healthySince: zTime.optional(),
  drift: z.number().int(),
  /** Commits whose changes the environment has and nobody has promoted to it; absent: none. */
  targetOnly: z.number().int().optional(),
  /** What comes next into this environment. */
  condition: laneCondition,
  message: z.string(),
  promotion: promotionSummary.optional(),
  /** A gate's time, for a countdown. */
  until: zTime.optional(),
});
export type MatrixCell = z.output<typeof matrixCell>;
/** A commit that did not come by promotion, where the environment holds such. */
export const directCommit = z.object({ commit: zCommit, author: z.string(), subject: z.string(), at: zTime });
export const restoreEnvironment = z.object({ reason: z.string().max(2_000).default('') });
export const restoredEnvironment = z.object({ branch: z.string(), commit: zCommit });

export const acceptDirect = z.object({ commit: zCommit, reason: z.string().max(2_000).default('') });
export const acceptedDirect = z.object({ items: z.array(directCommit) });

export const matrix = z.object({
  repository: zRepository,
  pipeline: z.string(),
  environments: z.array(z.object({ name: zEnvironment, branch: z.string(), from: z.array(zEnvironment), fromAny: z.boolean().optional(), head: zCommit.optional(), assigned: zCommit.optional(), message: z.string().optional(), rollout: z.string().optional(), unreviewed: z.array(directCommit), clusters: z.number().int(), connected: z.number().int() })),
  applications: z.array(zApplication),
  cells: z.array(matrixCell),
  /** Errors of the pipeline file's newest commit; what is shown follows the last good one. */
  diagnostics: z.array(z.object({ severity: z.enum(['error', 'warning']), message: z.string(), line: z.number(), column: z.number(), at: z.string() })),
  unownedPaths: z.array(z.string()),
  /** What people have stopped. */
  freezes: z.array(freezeDto),
  /** Who has broken the glass of which environment. */
  breakGlass: z.array(rightDto).default([]),
});
export type Matrix = z.output<typeof matrix>;

export const whyQuery = z.object({ repository: zRepository.optional(), application: zApplication.optional(), environment: zEnvironment.optional() });
/** For each thing that waits, an ordered list of verdicts. */
export const why = z.object({
  items: z.array(
    z.object({
      repository: zRepository,
      environment: zEnvironment,
      application: zApplication.optional(),
      promotion: zPromotionId.optional(),
      change: z.object({ number: z.number().int(), url: z.string() }).optional(),
      condition: z.string(),
      message: z.string(),
      verdicts: z.array(verdict),
      conflicts: z.array(conflict),
      /** What people have decided about its content, where that is written on a forge over the network. */
      decisions: z.array(approval).optional(),
    }),
  ),
  /** What concerns a repository as a whole, such as an error in its pipeline file. */
  notices: z.array(z.object({ repository: zRepository, message: z.string() })),
  checkedAt: zTime,
});
export type Why = z.output<typeof why>;

export const planRequest = z.object({
  repository: zRepository,
  /** A commit that the repository has, or a branch name; absent: the source environments' heads. */
  revision: z.string().max(250).optional(),
  application: zApplication.optional(),
  environment: zEnvironment.optional(),
  /** Gates are evaluated as if it were this time; absent: now. */
  at: zMoment.optional(),
});
export const plan = z.object({
  items: z.array(
    z.object({
      environment: zEnvironment,
      application: zApplication,
      outcome: z.enum(['in-sync', 'change', 'record-only', 'conflict', 'adopt', 'held', 'closed', 'waiting', 'blocked', 'no-content']),
      message: z.string(),
      /** What `why` says of the lane and of its environment now, whatever is planned. */
      now: z.array(z.object({ condition: z.string(), message: z.string() })),
      /** The source environment, when it is what that would have after its own promotion that counts: it has no commit yet, and so no digest. */
      after: zEnvironment.optional(),
      /** The applications that would be promoted with it as one, itself among them. */
      together: z.array(zApplication).optional(),
      source: zCommit.optional(),
      digest: zDigest.optional(),
      changes: z.array(objectChange),
      /** What of the changes was rendered, and by what; what was not, and why. */
      rendering: z.array(z.string()),
      notes: z.array(note),
      conflicts: z.array(conflict),
      gates: z.array(verdict),
    }),
  ),
});
export type Plan = z.output<typeof plan>;

export const clusterDto = z.object({
  name: zCluster,
  repository: zRepository,
  environment: zEnvironment,
  connected: z.boolean(),
  revoked: z.boolean(),
  labels: zLabels,
  /** Where its environment has waves: in which it is, from 1; without `number` in none. */
  wave: z.object({ number: z.number().int().optional(), of: z.number().int() }).optional(),
  lastSeenAt: zTime.optional(),
  agentVersion: z.string(),
  /** Why its agent and the server do not go together; absent: they do. */
  skew: z.string().optional(),
  commit: zCommit.optional(),
  assigned: zCommit.optional(),
  phase: z.enum(['enrolled', 'syncing', 'synced', 'failed', 'blocked']),
  health: z.enum(['Current', 'InProgress', 'Failed', 'Unknown']),
  message: z.string(),
  resources: z.array(z.object({ path: z.string(), object: z.string().optional(), status: z.string(), message: z.string() })),
  drift: z.array(z.object({ path: z.string(), object: z.string().optional(), kind: z.string(), reverted: z.boolean(), at: zTime })),
});
export type ClusterDto = z.output<typeof clusterDto>;
export const clusterList = z.object({ items: z.array(clusterDto) });
export const clusterQuery = z.object({ repository: zRepository.optional(), environment: zEnvironment.optional() });
export const acceptCommit = z.object({ commit: zCommit });
export const newJoinToken = z.object({ cluster: zCluster, repository: zRepository, environment: zEnvironment, ttlSeconds: z.number().int().min(60).max(604_800).default(3_600), labels: zLabels.optional() });
export const joinToken = z.object({ token: z.string(), expiresAt: zTime });

export const me = z.object({ person: zPerson, displayName: z.string(), groups: z.array(z.string()), admin: z.boolean(), csrf: z.string().optional() });
export type Me = z.output<typeof me>;
/** POST /api/v1/session (sets the cookie) and POST /api/v1/tokens (returns a token) take the secret of a login link. */
export const login = z.object({ secret: z.string().min(20).max(200) });
/** With `verifier` the secret is a code of POST /api/v1/me/login-codes. */
export const tokenRequest = login.extend({ label: z.string().max(100).default('cli'), verifier: z.string().min(43).max(128).optional() });
export const tokenReply = z.object({ token: z.string(), person: zPerson, expiresAt: zTime });
/** POST /api/v1/login-links: for oneself, or for anybody by an admin. The secret is in the URL's fragment; it works once, for 10 minutes. */
export const loginLinkRequest = z.object({ person: zPerson.optional() });
export const loginLink = z.object({ url: z.string(), person: zPerson, expiresAt: zTime });

export const repositoryDto = z.object({ id: zRepository, forge: z.enum(['builtin', 'github', 'gitlab', 'gitea', 'forgejo']), configBranch: z.string(), gitUrl: z.string(), remote: z.object({ credential: z.string(), path: z.string(), url: z.string(), webhook: z.boolean() }).optional(), pipeline: z.string().optional() });
export const repositoryList = z.object({ items: z.array(repositoryDto) });
/** `mergeMethod`: how its promotion requests are merged, also by hand when nobody chooses. */
export const newRepository = z.object({ id: zRepository, configBranch: z.string().max(200).default('main'), mergeMethod: z.enum(['squash', 'rebase', 'merge']).default('squash') });

/** Without a repository: every one that the built-in forge has on disk. */
export const rebuildRequest = z.object({ repository: zRepository.optional() });
const rebuilt = z.object({ open: z.number().int(), merged: z.number().int(), closed: z.number().int() });
export const rebuildReply = z.object({ items: z.array(z.object({ repository: zRepository, restored: rebuilt, known: z.number().int(), approvals: z.number().int(), holds: z.number().int(), notes: z.array(z.string()) })) });

export const changeDto = z.object({ number: z.number().int(), url: z.string(), state: z.enum(['open', 'closed', 'merged']), draft: z.boolean(), title: z.string(), body: z.string(), sourceBranch: z.string(), targetBranch: z.string(), head: zCommit, mergeCommit: zCommit.optional(), mergedBy: z.string().optional(), closedBy: z.string().optional(), readyBy: z.string().optional(), labels: z.array(z.string()).readonly().optional(), createdAt: zTime, updatedAt: zTime });
export const changeList = z.object({ items: z.array(changeDto), next: zCursor.optional() });
export const changeQuery = z.object({ state: z.enum(['open', 'closed', 'merged']).optional(), sourceBranch: z.string().max(250).optional(), cursor: zCursor.optional(), limit: zLimit });
export const newChange = z.object({ title: z.string().min(1).max(256), body: z.string().max(60_000).default(''), sourceBranch: z.string().max(250), targetBranch: z.string().max(250), draft: z.boolean().default(false) });
export const changeUpdate = z.object({ title: z.string().min(1).max(256).optional(), body: z.string().max(60_000).optional(), draft: z.boolean().optional() });
export const mergeChange = z.object({ expectedHead: zCommit, method: z.enum(['squash', 'rebase', 'merge']).optional() });
export const closeChange = z.object({ comment: z.string().max(2_000).optional() });
export const newReview = z.object({ state: z.enum(['approved', 'rejected', 'commented']), commit: zCommit, body: z.string().max(10_000).default('') });
export const review = z.object({ id: z.string(), person: zPerson, state: z.enum(['approved', 'rejected', 'commented']), commit: zCommit, body: z.string(), at: zTime });
export const reviewList = z.object({ items: z.array(review) });
export const newStatus = z.object({ context: z.string().min(1).max(100), state: z.enum(['pending', 'success', 'failure', 'error']), description: z.string().max(500).default(''), url: z.url({ protocol: /^https?$/ }).max(1_000).optional() });
export const status = newStatus.extend({ by: z.string(), at: zTime });
export const statusList = z.object({ items: z.array(status) });

/** One message of `GET /api/v1/events` (event stream; `id` is the cursor; event `reset` says: read everything again). */
export const eventDto = z.object({ type: z.string(), at: zTime, repository: zRepository.optional(), environment: zEnvironment.optional(), application: zApplication.optional(), promotion: zPromotionId.optional(), cluster: zCluster.optional(), message: z.string(), by: z.string().optional() });
export type EventDto = z.output<typeof eventDto>;

/** `/healthz` and `/readyz`; the latter answers 503 when a check is not `ok`, with the reason of each that is not. */
export const health = z.object({
  status: z.enum(['ok', 'unavailable']),
  checks: z.record(z.string(), z.enum(['ok', 'unavailable'])),
  reasons: z.record(z.string(), z.string()).optional(),
});
export type Health = z.output<typeof health>;
