import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import preset from '../../jest.preset.mjs';

const SCENARIOS = join(import.meta.dirname, 'src', 'scenarios');
const together = readdirSync(SCENARIOS).filter((folder) => existsSync(join(SCENARIOS, folder, 'together.spec.ts')));
// `npm test` has these folders tell all their specs in one file; who names a file gets that one.
const once = process.env.SLUICE_TOGETHER === '1' ? `/scenarios/(${together.join('|')})/(?!together\\.spec)[^/]+$` : '/together\\.spec\\.ts$';

// Scenarios wait for git most of the time: two files at once take little more than half of the time. Modules of a test file are never freed, and there are many files: a worker that has grown is started anew, long before starting a process (fork) takes it more than the process does. A scenario takes a second or two, and half a minute on a machine with much else to do.
export default {
  ...preset,
  rootDir: import.meta.dirname,
  testPathIgnorePatterns: ['/node_modules/', once],
  maxWorkers: 2,
  workerIdleMemoryLimit: '600MB',
  testTimeout: 90_000,
};
