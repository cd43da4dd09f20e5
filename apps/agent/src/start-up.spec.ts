import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const LOADER = 'export async function load(url, context, next) { process._rawDebug(`loaded ${url}`); return next(url, context); }';
const REGISTER = `import { register } from 'node:module'; register('data:text/javascript,' + ${JSON.stringify(encodeURIComponent(LOADER))});`;

/** What is loaded before anything is known of the target. */
function loaded(): readonly string[] {
  const { stderr } = spawnSync(process.execPath, ['--no-warnings', '--import', `data:text/javascript,${encodeURIComponent(REGISTER)}`, MAIN], { encoding: 'utf8', env: { PATH: process.env['PATH'] } });
  return [...stderr.matchAll(/^loaded (.*)$/gm)].map(([, url = '']) => url);
}

it('an agent loads what clusters and manifests need only when it needs them: it is small on machines that belong to others', () => {
  const urls = loaded();
  expect(urls.length).toBeGreaterThan(50);
  const heavy = ['libs/adapters/kubernetes-target', 'libs/adapters/render', 'libs/core/manifests', 'libs/core/cel', '@kubernetes/client-node', '/js-yaml/', '/yaml/'];
  expect(urls.filter((url) => heavy.some((name) => url.includes(name)))).toEqual([]);
});
