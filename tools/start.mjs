// `npm start`: from a fresh clone to a running Sluice. Plain Node without dependencies, because it runs before they are installed.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';
import { buildApps } from './setup/build-apps.mjs';
import { installIfNeeded } from './setup/install.mjs';
import { requireNode } from './setup/node-version.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

requireNode();
try {
  await installIfNeeded(root);
  await buildApps(root);
  process.exitCode = await up(process.argv.slice(2));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function up(args) {
  const child = spawn(process.execPath, [fileURLToPath(new URL('../apps/cli/dist/main.js', import.meta.url)), 'up', ...args], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal sends Ctrl-C to the child itself; a second one would look like impatience.
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal)));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}
