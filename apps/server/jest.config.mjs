import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import preset from '../../jest.preset.mjs';

const SOURCES = join(import.meta.dirname, 'src');
const together = readdirSync(SOURCES, { recursive: true }).filter((path) => /(^|\/)together\.spec\.ts$/.test(path));
// `npm test` has these folders tell all their specs in one file; who names a file gets that one.
const once = process.env.SLUICE_TOGETHER === '1' ? together.map((path) => `^${join(SOURCES, dirname(path))}/(?!together\\.spec)[^/]+$`) : ['/together\\.spec\\.ts$'];

// Scenarios wait for git most of the time: two files at once take little more than half of the time. Modules of a test file are never freed, and there are many files: a worker that has grown is started anew, long before starting a process (fork) takes it more than the process does. A scenario takes a second or two, and half a minute on a machine with much else to do.
export default {
  ...preset,
  rootDir: import.meta.dirname,
  testPathIgnorePatterns: ['/node_modules/', ...once],
  maxWorkers: 2,
  workerIdleMemoryLimit: '600MB',
  testTimeout: 90_000,
};
