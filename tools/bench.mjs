// Builds what a benchmark needs and runs it: `npm run bench -- <name>`.
import { buildAndRun } from './setup/build-and-run.mjs';

await buildAndRun('dist/bench/main.js', process.argv.slice(2));
