import { z } from 'zod';
import { zCluster, zCommit, zEnvironment, zLabels, zRepository, zTime } from './fields.js';

/**
 * The agent protocol, version 1. All calls go out from the agent.
 *
 * - `POST /agent/v1/enrol` (join token in the body) → {@link enrolled}
 * - `GET /agent/v1/nonce` (no credential) → {@link nonce}; the agent signs tokens over it, so that only the server's clock counts
 * - everything else: `Authorization: Bearer <JWT>`, EdDSA by the enrolled key, header `kid` = cluster, claims {@link agentClaims}; git over
 *   `/git/<repository>.git` takes the same token as the password of user `agent`
 * - `GET /agent/v1/stream` (event stream, resumes by `Last-Event-ID`) → events `assignment` ({@link assignment}), `command` ({@link command}), `nonce` ({@link nonce}), comments as heartbeat
 * - `GET /agent/v1/assignment` → {@link assignment}, for polling
 * - `GET /agent/v1/commands` → {@link commands}; `POST /agent/v1/acknowledgements` ({@link acknowledgements})
 * - `POST /agent/v1/reports` ({@link agentReport}) → {@link reportReceipt}
 * - `POST /agent/v1/heartbeat` ({@link heartbeat}) → {@link heartbeatReply}
 * - `POST /agent/v1/test-runs/:run/take` → {@link testOrder}: from now on the run is this agent's; `POST /agent/v1/test-runs/:run/result` ({@link testResult})
 */
export const AGENT_PROTOCOL = 1;

export const enrol = z.object({
  protocol: z.literal(AGENT_PROTOCOL, { error: `this server speaks version ${AGENT_PROTOCOL} of the protocol of agents: the agent may be one minor version older or newer than the server` }),
  joinToken: z.string().min(20).max(200),
  /** Raw Ed25519 public key, base64url. */
  publicKey: z.string().regex(/^[A-Za-z0-9_-]{43}$/),
  agentVersion: z.string().max(50),
  /** What the cluster is labelled with, unless its token or an operator says otherwise. */
  labels: zLabels.optional(),
});
export type Enrol = z.output<typeof enrol>;

export const enrolled = z.object({ cluster: zCluster, environment: zEnvironment, repository: zRepository, branch: z.string(), gitUrl: z.string(), floor: zCommit.optional() });
export type Enrolled = z.output<typeof enrolled>;

export const nonce = z.object({ nonce: z.string(), expiresInSeconds: z.number().int() });
export type Nonce = z.output<typeof nonce>;

export const agentClaims = z.object({ sub: zCluster, nonce: z.string().max(200), aud: z.literal('sluice') });

export const assignment = z.object({
  /** Grows with every change of what is assigned. */
  revision: z.number().int(),
  environment: zEnvironment,
  repository: zRepository,
  branch: z.string(),
  /** Nothing assigned yet: absent. */
  commit: zCommit.optional(),
  floor: zCommit.optional(),
  /** A commit that need not descend from what was applied: a person accepted the force push. */
  accepted: zCommit.optional(),
  drift: z.enum(['revert', 'report']),
  /** Fields whose difference is no drift: `*` in a path stands for every item or value. Absent: none. */
  driftIgnore: z.array(z.object({ kind: z.string().optional(), path: z.array(z.string()).min(1) })).optional(),
  /** When objects of kinds are well, in CEL over `object`. Absent: nothing but the common rules. */
  healthRules: z.array(z.object({ apiVersion: z.string(), kind: z.string(), inProgress: z.string().optional(), failed: z.string().optional(), current: z.string().optional() })).optional(),
});
export type Assignment = z.output<typeof assignment>;

/** `test`: the run to take; told only to agents whose heartbeats say which tests they allow. */
export const command = z.object({ id: z.string(), kind: z.enum(['resync', 'report', 'test']), run: z.string().optional(), at: zTime });
export type Command = z.output<typeof command>;
export const commands = z.object({ items: z.array(command) });
export const acknowledgements = z.object({ ids: z.array(z.string()).max(500) });

const healthStatus = z.enum(['Current', 'InProgress', 'Failed', 'Unknown']);
const path = z.string().max(4_096);
/** `Deployment.apps shop/web`, where a file has several objects. */
const object = z.string().max(700).optional();
const shownText = z.string().max(500);

/** A step of a path: a key, or an item of a list by its label. */
const pathStep = z.union([z.string().max(1_000), z.object({ item: z.string().max(1_000) })]);

/** What a capture takes over: a text file as it is, or the differing fields of an object, each as JSON (absent: it is not there). Never of a Secret. */
const driftCapture = z.union([z.object({ text: z.string().max(70_000) }), z.object({ fields: z.array(z.object({ path: z.array(pathStep).min(1).max(100), value: z.string().max(70_000).optional() })).min(1).max(50) })]);

/** What differs at one place, in short texts in which secrets are masked. */
export const driftDiff = z.object({
  fields: z.array(z.object({ object, field: shownText, wanted: shownText.optional(), live: shownText.optional(), by: shownText.optional() })).max(50),
  /** Fields that others have set and the commit says nothing of. */
  foreign: z.array(z.object({ field: shownText, live: shownText, by: shownText })).max(50).optional(),
  truncated: z.boolean().optional(),
  lines: z.object({ wanted: z.number().int().min(0), live: z.number().int().min(0) }).optional(),
  capture: driftCapture.optional(),
});

export const agentReport = z.object({
  sequence: z.number().int().min(1),
  commit: zCommit.optional(),
  phase: z.enum(['syncing', 'synced', 'failed', 'blocked']),
  message: z.string().max(2_000),
  health: healthStatus,
  resources: z.array(z.object({ path, object, status: healthStatus, message: z.string().max(500) })).max(200),
  drift: z.array(z.object({ path, object, kind: z.enum(['modified', 'missing', 'foreign']), reverted: z.boolean(), at: z.number().int(), diff: driftDiff.optional() })).max(200),
  /** SHA-256 over the canonical JSON of all fields but sequence and digest. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  agentVersion: z.string().max(50),
});
export type AgentReport = z.output<typeof agentReport>;

/** `sequence`: the newest that the server holds. */
export const reportReceipt = z.object({ applied: z.boolean(), sequence: z.number().int(), digest: z.string() });
export type ReportReceipt = z.output<typeof reportReceipt>;

/** Tests that an agent's machine allows: the name and exactly this command. */
export const allowedTests = z.array(z.object({ name: z.string().max(63), command: z.array(z.string().max(1_000)).min(1).max(50) })).max(50);

/** `tests`: what this agent may run; absent: it is of a version that does not know tests. */
export const heartbeat = z.object({ sequence: z.number().int().min(0), digest: z.string().max(64), agentVersion: z.string().max(50), tests: allowedTests.optional() });
export type Heartbeat = z.output<typeof heartbeat>;
/** `resync`: the digests differ, send the whole state again with a higher sequence than `sequence`. `serverVersion`: absent, it is of a version that does not say. */
export const heartbeatReply = z.object({ resync: z.boolean(), sequence: z.number().int(), assignmentRevision: z.number().int(), serverVersion: z.string().max(50).optional() });
export type HeartbeatReply = z.output<typeof heartbeatReply>;

/** What is to be run. `take` counts who got it: it comes back in the result. */
export const testOrder = z.object({
  run: z.string(),
  take: z.number().int(),
  application: z.string(),
  environment: zEnvironment,
  /** What the agent's cluster runs, as it reported. */
  commit: zCommit,
  /** The application's files in that commit. */
  paths: z.array(z.string()),
  test: z.object({ name: z.string(), command: z.array(z.string()).min(1), timeoutMs: z.number().int(), image: z.string().optional() }),
});
export type TestOrder = z.output<typeof testOrder>;

/** Characters of a test's output that are kept. */
export const MAX_TEST_OUTPUT = 66_000;

/**
 * What a run came to. `exited` · `timed-out`: its time was over · `not-started`: there is no such program, or it cannot be executed · `unprepared`: its files could not be laid out ·
 * `refused`: this machine does not allow it · `lost`: the agent ended while it ran.
 */
export const testResult = z.object({
  take: z.number().int(),
  outcome: z.enum(['exited', 'timed-out', 'not-started', 'unprepared', 'refused', 'lost']),
  exitCode: z.number().int().optional(),
  signal: z.string().max(20).optional(),
  durationMs: z.number().int().min(0),
  message: z.string().max(2_000),
  /** Both streams as they came, head and tail, with a line in between that says what was left out. */
  output: z.string().max(MAX_TEST_OUTPUT),
});
export type TestResult = z.output<typeof testResult>;
