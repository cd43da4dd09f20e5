import { z } from 'zod';
import { zApplication, zCluster, zCommit, zEnvironment, zPerson, zTime } from './fields.js';

/** One run of a test in an environment. `ordered`: no agent has it · `replaced`: the environment got other content before it was done. */
export const testRunDto = z.object({
  id: z.string(),
  environment: zEnvironment,
  application: zApplication,
  commit: zCommit,
  test: z.string(),
  command: z.array(z.string()),
  state: z.enum(['ordered', 'running', 'passed', 'failed', 'replaced']),
  /** Counts how often it was run on this content. */
  number: z.number().int(),
  orderedAt: zTime,
  /** Who wanted it again; absent: Sluice, for a gate. */
  orderedBy: zPerson.optional(),
  cluster: zCluster.optional(),
  startedAt: zTime.optional(),
  finishedAt: zTime.optional(),
  durationMs: z.number().int().optional(),
  exitCode: z.number().int().optional(),
  /** What it came to, in words. */
  message: z.string(),
  /** Of the whole output, as text. */
  log: z.string(),
});
export type TestRunDto = z.output<typeof testRunDto>;
export const testRunList = z.object({ items: z.array(testRunDto) });
export type TestRunList = z.output<typeof testRunList>;
export const testRunQuery = z.object({ application: zApplication.optional(), environment: zEnvironment.optional(), limit: z.coerce.number().int().min(1).max(200).default(20) });

/** POST …/test-runs: run again what has failed on the content that the environment has. */
export const rerunTests = z.object({ application: zApplication, environment: zEnvironment, test: z.string().max(63).optional(), reason: z.string().max(2_000).default('') });
export const zTestRunId = z.string().regex(/^[a-z0-9][a-z0-9-]{0,260}$/, 'a test run id');
