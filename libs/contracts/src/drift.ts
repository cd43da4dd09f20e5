import { z } from 'zod';
import { changeDto } from './api.js';
import { zCluster, zCommit, zEnvironment, zTime } from './fields.js';

export const driftQuery = z.object({ environment: zEnvironment.optional(), cluster: zCluster.optional() });

/** What differs, in short texts in which secrets are masked. `wanted` or `live` absent: the field is not there. `by`: who has set it, where the cluster knows. */
const driftField = z.object({ object: z.string().optional(), field: z.string(), wanted: z.string().optional(), live: z.string().optional(), by: z.string().optional() });

const driftPlace = z.object({
  /** The file in the repository; of a `foreign` one, where it is. */
  path: z.string(),
  object: z.string().optional(),
  kind: z.enum(['modified', 'missing', 'foreign']),
  /** It was put back; what it was is shown. */
  reverted: z.boolean(),
  at: zTime,
  /** Absent: it is not known what differs, as with agents of older versions. */
  fields: z.array(driftField).optional(),
  /** Fields that others have set and the commit says nothing of. */
  foreign: z.array(driftField).optional(),
  /** Lines that are wanted and not there, and that are there and not wanted: of a file that is no manifest. */
  lines: z.object({ wanted: z.number().int(), live: z.number().int() }).optional(),
  truncated: z.boolean(),
  /** Whether `drift/captures` can take it over. */
  capturable: z.boolean(),
});

const clusterDrift = z.object({
  cluster: zCluster,
  environment: zEnvironment,
  mode: z.enum(['revert', 'report']),
  /** What it runs. */
  commit: zCommit.optional(),
  reportedAt: zTime.optional(),
  places: z.array(driftPlace),
});
export const driftList = z.object({ items: z.array(clusterDrift) });
export type DriftList = z.output<typeof driftList>;

/** `places`: paths, objects, or `path#object`; empty: all that can be taken over. */
export const driftCapture = z.object({ environment: zEnvironment, cluster: zCluster, places: z.array(z.string().min(1).max(5_000)).max(200).default([]) });
/** `left`: what was asked for and is not in the request, and why. */
export const capturedDrift = z.object({ change: changeDto, captured: z.array(z.string()), left: z.array(z.object({ place: z.string(), message: z.string() })) });
export type CapturedDrift = z.output<typeof capturedDrift>;
