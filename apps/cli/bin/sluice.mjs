#!/usr/bin/env node
// What `npx sluice` finds in the repository, built or not.
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) await import(main.href);
else {
  process.stderr.write('sluice is not built yet: run "npm run build" first, or "npm start" for everything.\n');
  process.exitCode = 1;
}
