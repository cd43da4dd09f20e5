import { fileURLToPath } from 'node:url';
import { buildApps } from './build-apps.mjs';
import { installIfNeeded } from './install.mjs';
import { requireNode } from './node-version.mjs';
import { run, runQuietly } from './run.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Builds the applications and the tools, then runs one of the tools; what the build says goes to standard error, so that standard output is the tool's alone. */
export async function buildAndRun(script, args) {
  requireNode();
  process.stdout.write = new Proxy(process.stdout.write, { apply: (_write, _stdout, written) => process.stderr.write(...written) });
  await installIfNeeded(root);
  await buildApps(root);
  const { code, output } = await runQuietly(process.execPath, ['node_modules/typescript/bin/tsc', '-b', '--noCheck', 'tools/tsconfig.build.json'], { cwd: root });
  if (code !== 0) {
    process.stderr.write(output);
    process.exitCode = 1;
    return;
  }
  process.exitCode = await run(process.execPath, [fileURLToPath(new URL(`../${script}`, import.meta.url)), ...args]);
}
