import type { ComposeConflict, ComposeNote, ObjectIdentity } from '@sluice/manifests';
import type { Author, Candidate, LaneStatus, Promotion, TimelineEntry, Verdict } from '@sluice/promotion';
import { z } from 'zod';
import { zApplication, zCommit, zDigest, zEnvironment, zInstant, zObject, zPerson, zPromotion, zRepository, zTexts } from './fields.js';

// Loose objects: a field that a newer version has added survives an older one that writes the row again.
const zIdentity: z.ZodType<ObjectIdentity> = z.looseObject({ group: z.string(), kind: z.string(), namespace: z.string(), name: z.string() });

const zNote: z.ZodType<ComposeNote> = z.looseObject({ path: z.string(), object: zIdentity.optional(), field: z.string(), value: z.string(), message: z.string() });

const zConflict: z.ZodType<ComposeConflict> = z.looseObject({
  path: z.string(),
  reason: z.enum(['both-changed', 'binary', 'unparsable', 'unsupported-yaml', 'deleted-and-changed', 'limit', 'verification']),
  message: z.string(),
  object: zIdentity.optional(),
});

const zVerdict: z.ZodType<Verdict> = z.looseObject({
  gate: z.string(),
  type: z.string(),
  outcome: z.enum(['pass', 'wait', 'fail']),
  message: z.string(),
  since: zInstant,
  until: zInstant.optional(),
  restsUntil: zInstant.optional(),
  evidence: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

const zAuthor: z.ZodType<Author> = z.looseObject({ name: z.string(), email: z.string(), person: zPerson.optional() });

const zCandidate: z.ZodType<Candidate> = z.looseObject({
  kind: z.enum(['change', 'record-only', 'adopt', 'rollback']),
  source: zCommit,
  base: zCommit.optional(),
  origin: zCommit,
  digest: zDigest,
  fingerprint: zDigest,
  head: zCommit,
  onto: zCommit,
  targetContent: zObject,
  resultContent: zObject,
  inputsKey: z.string(),
  notes: z.array(zNote),
  undoes: z.array(zPromotion).optional(),
  automatic: z.literal(true).optional(),
  changedPaths: zTexts,
  resolvers: z.array(zAuthor).optional(),
  members: z.array(z.looseObject({ application: zApplication, source: zCommit, base: zCommit.optional(), origin: zCommit, targetContent: zObject, resultContent: zObject })).optional(),
  set: z.string().optional(),
});

const zTimelineEntry: z.ZodType<TimelineEntry> = z.looseObject({ at: zInstant, what: z.string() });

const LANE = { repository: zRepository, application: zApplication, target: zEnvironment };

export const zPromotionDocument: z.ZodType<Promotion> = z.looseObject({
  ...LANE,
  id: zPromotion,
  from: zEnvironment,
  state: z.enum(['open', 'ready', 'merging', 'rolling-out', 'live', 'superseded', 'rejected', 'tampered', 'degraded', 'rolled-back']),
  attempt: z.number(),
  candidate: zCandidate,
  change: z.looseObject({ number: z.number(), url: z.string() }).optional(),
  requester: zPerson.optional(),
  authors: z.array(zAuthor),
  verdicts: z.array(zVerdict),
  mergedAs: zCommit.optional(),
  timeline: z.array(zTimelineEntry),
  createdAt: zInstant,
  updatedAt: zInstant,
  mergedAt: zInstant.optional(),
  liveAt: zInstant.optional(),
  version: z.number(),
});

export const zLaneDocument: z.ZodType<LaneStatus> = z.looseObject({
  ...LANE,
  condition: z.enum(['in-sync', 'promoting', 'no-content', 'waiting', 'conflicted', 'closed', 'held', 'adopt', 'blocked']),
  message: z.string(),
  candidate: zCommit.optional(),
  conflicts: z.array(zConflict),
  attempt: z.number(),
  closed: zDigest.optional(),
  lifted: zCommit.optional(),
  rollback: z.looseObject({ to: zPromotion, by: zPerson.optional(), reason: z.string(), at: zInstant }).optional(),
  goesWith: zApplication.optional(),
  requester: zPerson.optional(),
  seen: z.array(zCommit).optional(),
  passed: z.array(z.looseObject({ environment: zEnvironment, commit: zCommit, verdict: zVerdict })).optional(),
  since: zInstant,
  draft: z
    .looseObject({
      change: z.looseObject({ number: z.number(), url: z.string() }).optional(),
      head: zCommit,
      base: zCommit.optional(),
      source: zCommit,
      onto: zCommit,
      inputsKey: z.string(),
      bases: z.array(z.looseObject({ application: zApplication, base: zCommit.optional() })).optional(),
      resolvers: z.array(zAuthor),
      closedBy: z.string().optional(),
    })
    .optional(),
});
