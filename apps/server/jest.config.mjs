import preset from '../../jest.preset.mjs';

// Scenarios wait for git most of the time: two files at once take little more than half of the time.
export default { ...preset, rootDir: import.meta.dirname, maxWorkers: 2 };
