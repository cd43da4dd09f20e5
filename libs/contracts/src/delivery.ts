import { z } from 'zod';
import { zApplication, zEnvironment, zRepository, zTime } from './fields.js';

/** A day of the time zone or a time with its offset; the server says what is wrong with one. */
const bound = z.string().min(1).max(40);

/** GET /api/v1/metrics/delivery */
export const deliveryQuery = z.object({
  repository: zRepository,
  application: zApplication.optional(),
  environment: zEnvironment.optional(),
  /** Absent: 30 days before the end. */
  from: bound.optional(),
  /** Not part of the period; absent: now. */
  to: bound.optional(),
  /** Of days and weeks. */
  timezone: z.string().min(1).max(64).default('UTC'),
  by: z.enum(['application', 'environment', 'lane', 'day', 'week']).default('environment'),
});

const spread = { medianSeconds: z.number().nullable(), p90Seconds: z.number().nullable(), reason: z.string().optional() };

/** What each figure means: docs/metrics.md. A `null` is not known, and `reason` says why. */
const figures = z.object({
  deployments: z.object({ count: z.number().int().nullable(), perDay: z.number().nullable(), reason: z.string().optional() }),
  leadTime: z.object({ ...spread, changes: z.number().int(), unmeasured: z.number().int() }),
  changeFailure: z.object({ rate: z.number().nullable(), failed: z.number().int(), attempts: z.number().int(), reason: z.string().optional() }),
  timeToRestore: z.object({ ...spread, restored: z.number().int(), open: z.number().int(), unknown: z.number().int() }),
  directChanges: z.number().int(),
});

export const deliveryReport = z.object({
  from: zTime,
  to: zTime,
  timezone: z.string(),
  /** From when on nothing is missing in the record. */
  record: z.object({ wholeSince: zTime, message: z.string() }),
  total: figures,
  /** By what was asked for; `from` and `to` of days and weeks. What brought several applications counts for each of them, and once in `total`. */
  items: z.array(z.object({ application: zApplication.optional(), environment: zEnvironment.optional(), from: zTime.optional(), to: zTime.optional(), figures })),
});
export type DeliveryReportDto = z.output<typeof deliveryReport>;
