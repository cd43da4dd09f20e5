// Installs what package-lock.json says, when node_modules is missing or stale. Runs before anything is installed: no dependencies.
import { staleness } from './install-state.mjs';
import { runQuietly, step } from './run.mjs';

export async function installIfNeeded(root) {
  const reason = staleness(root);
  if (reason === undefined) return;
  await step(`Installing dependencies (${reason})`, () => npmCi(root));
}

async function npmCi(root) {
  const { code, output } = await runQuietly(...npmCommand(['ci', '--no-audit', '--no-fund']), { cwd: root });
  if (code === 0) return;
  process.stderr.write(output);
  throw new Error(`"npm ci" failed with exit code ${code}; its output is above. Is the npm registry reachable from here?`);
}

/** Under `npm run`, the npm that runs us; else the one on the path. */
function npmCommand(args) {
  const npm = process.env.npm_execpath;
  return npm?.endsWith('.js') ? [process.execPath, [npm, ...args]] : ['npm', args];
}
