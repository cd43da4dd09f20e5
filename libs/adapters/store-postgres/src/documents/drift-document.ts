import type { DriftDiff } from '@sluice/sync-plan';
import type { PlaceDiff } from '@sluice/usecases';
import { z } from 'zod';

const zStep = z.union([z.string(), z.looseObject({ item: z.string() })]);

const zDiff: z.ZodType<DriftDiff> = z.looseObject({
  fields: z.array(z.looseObject({ object: z.string().optional(), field: z.string(), wanted: z.string().optional(), live: z.string().optional(), by: z.string().optional() })),
  foreign: z.array(z.looseObject({ field: z.string(), live: z.string(), by: z.string() })).optional(),
  truncated: z.boolean().optional(),
  lines: z.looseObject({ wanted: z.number(), live: z.number() }).optional(),
  capture: z.union([z.looseObject({ text: z.string() }), z.looseObject({ fields: z.array(z.looseObject({ path: z.array(zStep), value: z.string().optional() })) })]).optional(),
});

export const zPlaceDiffs: z.ZodType<readonly PlaceDiff[]> = z.array(z.looseObject({ path: z.string(), object: z.string().optional(), diff: zDiff }));
