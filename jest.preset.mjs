import { fileURLToPath } from 'node:url';

// Shared by every project: ES modules compiled by swc, libraries read from their source.
export default {
  testEnvironment: fileURLToPath(import.meta.resolve('./own-storages.preset.mjs')),
  testSequencer: fileURLToPath(import.meta.resolve('./heaviest-first.preset.mjs')),
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  testMatch: ['<rootDir>/src/**/*.spec.ts', '<rootDir>/src/**/*.spec.tsx'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['@sluice/source', 'node', 'node-addons'] },
  testTimeout: 30_000,
  // Beside the packages: what is compiled outlives the folder that a run's files are in.
  cacheDirectory: fileURLToPath(new URL('node_modules/.cache/jest', import.meta.url)),
  transform: {
    '/node_modules/drizzle-orm/entity\\.js$': fileURLToPath(import.meta.resolve('./own-globals.preset.mjs')),
    '^.+\\.tsx?$': [
      '@swc/jest',
      {
        sourceMaps: true,
        module: { type: 'es6' },
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true, tsx: false },
          transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
        },
      },
    ],
  },
  transformIgnorePatterns: ['/node_modules/(?!@sluice/|drizzle-orm/entity)'],
};
