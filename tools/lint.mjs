// All checks of the code, side by side: `npm run lint`. Prints what fails and ends with exit code 1.
import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readProjects } from './lint/projects.mjs';
import { workspaceProblems } from './lint/workspace-rules.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const CACHE = 'node_modules/.cache/lint';
const bin = (name) => `node_modules/.bin/${name}`;

const CHECKS = [
  { name: 'eslint', command: [bin('eslint'), '--cache', '--cache-strategy', 'content', '--cache-location', `${CACHE}/eslint`, '--max-warnings', '0', '.'] },
  { name: 'types', command: [bin('tsc'), '-p', 'tsconfig.lint.json'] },
  { name: 'layers', command: [bin('depcruise'), '--config', '.dependency-cruiser.mjs', '--output-type', 'err', 'apps', 'libs', 'tools'] },
  { name: 'unused', command: [bin('knip'), '--no-progress', '--no-config-hints', '--cache', '--cache-location', `${CACHE}/knip`] },
];

const only = process.argv.slice(2);
const wanted = (name) => only.length === 0 || only.includes(name);
mkdirSync(new URL(`../${CACHE}`, import.meta.url), { recursive: true });
const results = await Promise.all([...CHECKS.filter(({ name }) => wanted(name)).map(run), ...(wanted('workspace') ? [checkWorkspace()] : [])]);
const failed = results.filter(({ ok }) => !ok);
console.log(failed.length === 0 ? `lint: all ${results.length} checks passed` : `lint: ${failed.map(({ name }) => name).join(', ')} failed`);
process.exitCode = failed.length === 0 ? 0 : 1;

function checkWorkspace() {
  const problems = workspaceProblems(root, readProjects(root));
  return report({ name: 'workspace', ok: problems.length === 0, output: problems.join('\n'), seconds: 0 });
}

function run({ name, command: [program, ...args] }) {
  const started = Date.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [program, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks = [];
    child.stdout.on('data', (chunk) => chunks.push(chunk));
    child.stderr.on('data', (chunk) => chunks.push(chunk));
    child.on('close', (code) => resolve(report({ name, ok: code === 0, output: Buffer.concat(chunks).toString(), seconds: (Date.now() - started) / 1000 })));
  });
}

function report(result) {
  const { name, ok, output, seconds } = result;
  console.log(`lint: ${name} ${ok ? 'passed' : 'FAILED'} (${seconds.toFixed(0)} s)`);
  if (!ok) console.log(output.trimEnd());
  return result;
}
