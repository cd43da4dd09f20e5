// Whether node_modules is what package-lock.json says. Compared entry by entry: dates lie after a checkout or a copy.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** @returns {string | undefined} why `npm ci` is needed; undefined when it is not */
export function staleness(root) {
  const installed = readLock(join(root, 'node_modules', '.package-lock.json'));
  if (!installed) return 'dependencies are not installed';
  const wanted = readLock(join(root, 'package-lock.json'));
  if (!wanted) throw new Error('package-lock.json is missing or broken: restore it with "git checkout package-lock.json"');
  const outdated = Object.entries(wanted).find(([path, entry]) => path.startsWith('node_modules/') && !isInstalled(root, path, entry, installed[path]));
  return outdated && `${outdated[0].replace('node_modules/', '')} is missing or of another version`;
}

/** Optional packages of other platforms are never installed; projects of the workspace are links. */
function isInstalled(root, path, wanted, installed) {
  if (wanted.link) return existsSync(join(root, path));
  if (!installed) return wanted.optional === true;
  return installed.version === wanted.version;
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return undefined;
  }
}
