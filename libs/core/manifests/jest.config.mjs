import preset from '../../../jest.preset.mjs';

// in CI every property is tried a thousand times, on machines that do other things too
export default { ...preset, rootDir: import.meta.dirname, testTimeout: 120_000 };
