import preset from '../../jest.preset.mjs';

// Scenarios wait for git most of the time: two files at once take little more than half of the time. Modules of a test file are never freed, and there are many files: a worker that has grown is started anew, long before starting a process (fork) takes it more than the process does. A scenario takes a second or two, and half a minute on a machine with much else to do.
export default { ...preset, rootDir: import.meta.dirname, maxWorkers: 2, workerIdleMemoryLimit: '600MB', testTimeout: 90_000 };
