import type { Parameters } from 'fast-check';

/**
 * Every run has another seed, so that the texts that were never tried get their turn. fast-check prints seed and path of what fails: mend the cause, and add the
 * shrunk case to the examples.
 */
export const RUNS: Parameters<unknown> = { numRuns: process.env['CI'] === undefined ? 200 : 1_000 };
