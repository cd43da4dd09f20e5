// Who may import whom (docs/adr/0001-lint-and-layers.md). The one table; dependency-cruiser's rules and the tag check are made of it.

/** Layers that the production code of a layer may import. Code of the own project is always allowed, another project of the same layer only if listed. */
export const LAYERS = {
  core: ['core'],
  contract: ['core'],
  usecase: ['core'],
  runtime: [],
  // What several adapters of one kind share: an adapter may import it, but no other adapter.
  'adapter-kit': ['usecase', 'core'],
  adapter: ['usecase', 'core', 'contract', 'runtime', 'adapter-kit'],
  testing: ['core', 'usecase', 'contract', 'runtime'],
  app: ['core', 'contract', 'usecase', 'runtime', 'adapter'],
  tool: ['core', 'contract', 'usecase', 'runtime', 'adapter-kit', 'adapter', 'testing', 'app', 'tool'],
};

/** What projects with a further tag are narrowed to. */
export const NARROWED = {
  'client:remote': ['core', 'contract', 'runtime'],
};

/** Layers that take part in tests only: imported by specs, fixtures and tools. */
export const TEST_LAYERS = ['testing'];

export const TEST_FILE = '\\.(spec|fixture)\\.tsx?$';

/** Frameworks, databases and SDKs: what a decision must not depend on. */
export const BANNED_IN_DECISIONS = [
  '@nestjs/[^/]+',
  'bullmq',
  'ioredis',
  'simple-git',
  'pg',
  '@electric-sql/pglite',
  'drizzle-orm',
  'fastify',
  '@fastify/[^/]+',
  '@octokit/[^/]+',
  '@gitbeaker/[^/]+',
  '@kubernetes/client-node',
  '@slack/[^/]+',
  'pino',
  'prom-client',
];

/** Layers that decide and never act. */
export const DECIDING_LAYERS = ['core', 'usecase'];
