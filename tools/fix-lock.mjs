// Run after every change of package-lock.json: `node tools/fix-lock.mjs`. With --check it only says whether it would change something.
import { readFileSync, writeFileSync } from 'node:fs';
import { repairLock } from './setup/lock-file.mjs';

const path = new URL('../package-lock.json', import.meta.url);
const before = readFileSync(path, 'utf8');
const after = `${JSON.stringify(repairLock(JSON.parse(before)), null, 2)}\n`;
const same = before === after;
if (process.argv.includes('--check')) process.exitCode = same ? 0 : 1;
else if (!same) writeFileSync(path, after);
console.log(same ? 'package-lock.json installs everywhere' : `package-lock.json ${process.exitCode ? 'needs node tools/fix-lock.mjs' : 'repaired'}`);
