// All checks of the code, side by side: `npm run lint`, or `npm run lint -- layers types`. Prints what fails and ends with exit code 1.
// The workspace is the current folder, so that the tests of the rules can point the real checkers at a workspace that breaks them.
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runQuietly } from './setup/run.mjs';

const CACHE = 'node_modules/.cache/lint';

const CHECKS = [
  { name: 'workspace', command: [ours('tools/lint/check-workspace.mjs')] },
  { name: 'eslint', command: [bin('eslint'), '--config', ours('eslint.config.mjs'), '--cache', '--cache-strategy', 'content', '--cache-location', `${CACHE}/eslint`, '.'] },
  { name: 'types', command: [bin('tsc'), '-p', 'tsconfig.lint.json'] },
  { name: 'layers', command: [bin('depcruise'), '--config', ours('.dependency-cruiser.mjs'), '--output-type', 'err', ...['apps', 'libs', 'tools'].filter((folder) => existsSync(folder))] },
  { name: 'unused', command: [bin('knip'), '--no-progress', '--no-config-hints'] },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !CHECKS.some((check) => check.name === name));
if (unknown.length > 0) {
  console.error(`lint: there is no check ${unknown.join(', ')} (known: ${CHECKS.map(({ name }) => name).join(', ')})`);
  process.exit(2);
}
mkdirSync(CACHE, { recursive: true });
const results = await Promise.all(CHECKS.filter(({ name }) => wanted.length === 0 || wanted.includes(name)).map(check));
const failed = results.filter(({ ok }) => !ok).map(({ name }) => name);
console.log(failed.length === 0 ? `lint: ${results.map(({ name }) => name).join(', ')} passed` : `lint: ${failed.join(', ')} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;

async function check({ name, command }) {
  const started = Date.now();
  const { code, output } = await runQuietly(process.execPath, command);
  console.log(`lint: ${name} ${code === 0 ? 'passed' : 'FAILED'} (${((Date.now() - started) / 1000).toFixed(0)} s)`);
  if (code !== 0) console.log(output.trimEnd());
  return { name, ok: code === 0 };
}

function ours(path) {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

function bin(name) {
  return ours(`node_modules/.bin/${name}`);
}
