import { z } from 'zod';
import { zMoment, zTime } from './fields.js';

const zHash = z.string().regex(/^[0-9a-f]{64}$/);
const zSequence = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

const FILTER = { since: zMoment.optional(), until: zMoment.optional(), person: z.string().max(200).optional(), repository: z.string().max(63).optional(), action: z.string().max(100).optional() };

/** GET /audit/entries: newest first. `cursor`: the `next` of the page before. */
export const auditQuery = z.object({ ...FILTER, cursor: zSequence.optional(), limit: z.coerce.number().int().min(1).max(200).default(50) });
/** GET /audit/export */
export const auditExportQuery = z.object(FILTER);
export const auditParams = z.object({ sequence: zSequence });

/** What one write was. `before` and `after`: what of it was changed. */
export const auditContent = z.object({
  at: zTime,
  who: z.object({ kind: z.enum(['person', 'agent', 'sluice']), name: z.string(), credential: z.object({ id: z.string(), kind: z.string(), label: z.string() }).optional() }),
  door: z.enum(['api', 'cli', 'dashboard', 'forge', 'slack', 'agent', 'sluice']),
  from: z.object({ address: z.string().optional(), login: z.string().optional() }).optional(),
  action: z.string(),
  place: z.object({ repository: z.string().optional(), environment: z.string().optional(), application: z.string().optional(), promotion: z.string().optional(), cluster: z.string().optional(), person: z.string().optional() }),
  before: z.json().optional(),
  after: z.json().optional(),
  why: z.string().optional(),
});
const LINK = { sequence: z.number().int(), previous: zHash, content: zHash, hash: zHash };

/** `content`: SHA-256 of the entry in canonical JSON (RFC 8785); `hash`: SHA-256 of `{"content":…,"previous":…,"sequence":…}`, written so. */
export const auditRecord = z.object({ ...LINK, entry: auditContent });
export type AuditRecordDto = z.output<typeof auditRecord>;
export const auditList = z.object({ items: z.array(auditRecord), next: z.string().optional() });

const zPoint = z.object({ sequence: z.number().int(), hash: zHash });
/** `signature`: Ed25519 over `{"at":…,"hash":…,"key":…,"kind":"sluice-audit-head-v1","sequence":…}`, base64; `key` names the public key. */
export const signedHead = z.object({ sequence: z.number().int(), hash: zHash, at: zTime, key: z.string(), signature: z.string() });
export type SignedHeadDto = z.output<typeof signedHead>;
const zKeys = z.record(z.string(), z.string());
/** GET /audit/heads. `keys`: public keys in PEM. */
export const auditHeads = z.object({ items: z.array(signedHead), keys: zKeys });
/** POST /audit/heads. `told`: places outside of the database that have it; `notes`: those that could not be told. */
export const signedAudit = z.object({ head: signedHead.optional(), told: z.array(z.string()), notes: z.array(z.string()) });
export type SignedAuditDto = z.output<typeof signedAudit>;

export const auditFinding = z.object({ sequence: z.number().int(), kind: z.enum(['edited', 'relinked', 'forged', 'gap', 'order', 'cut', 'rewritten', 'signature', 'index']), message: z.string() });
/** A chain that this one took the place of: its newest head that was found, and the entry that says so. `heads`: signed heads of it that are still there. */
export const earlierChain = z.object({ sequence: z.number().int(), hash: z.string(), at: zTime, key: z.string(), saidBy: z.number().int(), heads: z.number().int() });
/** GET /audit/verification. Right when there are no findings; `more`: findings beyond those listed. `earlier`: chains that are not here any more. */
export const auditVerdict = z.object({ entries: z.number().int(), start: zPoint, end: zPoint, heads: z.number().int(), newestHead: signedHead.optional(), earlier: z.array(earlierChain).default([]), findings: z.array(auditFinding), more: z.number().int(), notes: z.array(z.string()) });
export type AuditVerdictDto = z.output<typeof auditVerdict>;

/** The first line of an export. `checkpoint`: entries before it were removed. */
export const auditExportStart = z.object({ kind: z.literal('sluice-audit-export-v1'), start: zPoint, checkpoint: signedHead.optional(), heads: z.array(signedHead), keys: zKeys, filter: z.record(z.string(), z.string()) });
export type AuditExportStart = z.output<typeof auditExportStart>;
/** The lines between: `entry` is absent where the filter left it out. */
export const auditExportLine = z.object({ ...LINK, entry: z.json().optional() });
/** The last line: without it the file was cut off. `entries`: how many were not left out. */
export const auditExportEnd = z.object({ kind: z.literal('end'), end: zPoint, entries: z.number().int() });
