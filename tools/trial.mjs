// Builds what the trial needs and runs it: `npm run trial -- <folder of release folders>`.
import { buildAndRun } from './setup/build-and-run.mjs';

await buildAndRun('dist/trial/main.js', process.argv.slice(2));
