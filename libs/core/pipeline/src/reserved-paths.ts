/** The pipeline file, at the repository's root. */
export const PIPELINE_FILE = 'sluice.yaml';

/** Path globs of Sluice's own files: they belong to no application. */
export const RESERVED_PATHS: readonly string[] = ['.sluice/**', PIPELINE_FILE];
