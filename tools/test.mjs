// `npm test`: everything that must hold, from a fresh clone. Ends with the line "N passed, N failed".
// CI: what could not run for want of a service is a failure. SLUICE_SETUP=1: installs the Debian packages of tools/debian-packages.json first.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readProjects } from './lint/projects.mjs';
import { setUpDebian } from './setup/debian.mjs';
import { installIfNeeded } from './setup/install.mjs';
import { memoryFolder } from './setup/memory-folder.mjs';
import { requireNode } from './setup/node-version.mjs';
import { run } from './setup/run.mjs';
import { services } from './setup/services.mjs';
import { forgetResults, readResults, summarise } from './setup/test-results.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
// Nothing may ask, stay behind or talk to anybody.
const env = { ...process.env, NX_DAEMON: 'false', NX_NO_CLOUD: 'true', NX_TUI: 'false', NX_INTERACTIVE: 'false', NO_UPDATE_NOTIFIER: '1' };

requireNode();
try {
  await prepare();
  const summary = await check();
  for (const line of summary.lines) console.log(line);
  process.exitCode = summary.failed === 0 ? 0 : 1;
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
}

async function prepare() {
  if (process.env.SLUICE_SETUP === '1') await setUpDebian();
  await installIfNeeded(root);
}

async function check() {
  const projects = readProjects(root).filter(({ manifest }) => manifest.nx?.targets?.test);
  forgetResults(root, projects);
  // Another folder that was asked for is used.
  const memory = (process.env.TMPDIR ?? '/tmp') === '/tmp' ? memoryFolder() : undefined;
  if (memory) console.log(`What tests write is kept in memory while they run: ${memory.path}`);
  try {
    return await runSteps(projects, memory ? { ...env, TMPDIR: memory.path } : env);
  } finally {
    memory?.remove();
  }
}

async function runSteps(projects, testEnv) {
  // Side by side: neither needs what the other makes, and the compiler keeps one processor busy only.
  const [linted, compiled] = await Promise.all([nx(['run', '@sluice/tools:lint']), compile()]);
  const steps = [
    { name: 'lint', ok: linted === 0 },
    { name: 'build', ok: compiled === 0 && (await nx(['run-many', '-t', 'build', '--parallel=2'])) === 0 },
    { name: 'test', ok: (await nx(['run-many', '-t', 'test', '--parallel=2', '--nxBail=false'], testEnv)) === 0 },
  ];
  return summarise({ steps, results: readResults(root, projects), missing: services().filter(({ present }) => !present) });
}

/** All projects by one compiler, which reads what they share once: what Nx starts for each of them then finds that it is done. */
function compile() {
  console.log('Compiling all projects ...');
  const configs = readProjects(root).map(({ folder }) => `${folder}/tsconfig.build.json`);
  return run(process.execPath, ['node_modules/typescript/bin/tsc', '-b', ...configs.filter((config) => existsSync(join(root, config)))], { cwd: root });
}

function nx(args, itsEnv = env) {
  return run(process.execPath, ['node_modules/nx/dist/bin/nx.js', ...args, '--output-style=static'], { cwd: root, env: itsEnv });
}
