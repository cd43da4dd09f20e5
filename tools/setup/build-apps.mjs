// The build that `npm start` needs: one tsc over all project references instead of a task for each, and without type-checking, which CI has done. Half the
// time of `npm run build` on a fresh clone, about a second when nothing has changed.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { runQuietly, step } from './run.mjs';

const APPS = ['apps/server', 'apps/agent', 'apps/cli', 'apps/slack-bot'];
const DASHBOARD = 'apps/dashboard';
/** What the dashboard imports, and vite takes from its dist. */
const DASHBOARD_LIBRARY = 'libs/contracts';
/** What the dashboard is built from, besides itself. */
const DASHBOARD_SOURCES = [`${DASHBOARD}/src`, `${DASHBOARD}/index.html`, `${DASHBOARD}/vite.config.mjs`, `${DASHBOARD}/package.json`, 'libs/contracts/src', 'libs/core/kernel/src', 'package-lock.json'];

export async function buildApps(root) {
  await step('Building', async () => {
    const first = await compile(root, [DASHBOARD_LIBRARY]);
    const results = first.code === 0 ? await Promise.all([compile(root, APPS), buildDashboard(root)]) : [first];
    const failed = results.filter(({ code }) => code !== 0);
    for (const { output } of failed) process.stderr.write(output);
    if (failed.length > 0) throw new Error('The build failed; its output is above.');
  });
}

function compile(root, projects) {
  return runQuietly(process.execPath, ['node_modules/typescript/bin/tsc', '-b', '--noCheck', ...projects.map((project) => `${project}/tsconfig.build.json`)], { cwd: root });
}

function buildDashboard(root) {
  const built = join(root, DASHBOARD, 'dist', 'index.html');
  const changed = Math.max(...DASHBOARD_SOURCES.map((path) => newest(join(root, path))));
  if (existsSync(built) && statSync(built).mtimeMs >= changed) return { code: 0, output: '' };
  return runQuietly(process.execPath, [join(root, 'node_modules/vite/bin/vite.js'), 'build'], { cwd: join(root, DASHBOARD) });
}

/** The time of the last change of a file, or of anything in a folder. */
function newest(path) {
  if (!existsSync(path)) return 0;
  const stats = statSync(path);
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
