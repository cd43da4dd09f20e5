// A lock that is written where the registry lacks other platforms' optional packages leaves them out, and `npm ci` then refuses it elsewhere.

/** Platforms in the names of optional packages. */
const PLATFORM = /(darwin|linux|win32|freebsd|android|openharmony|netbsd|openbsd|sunos|aix)[-_]?(arm64|x64|ia32|arm|ppc64|s390x|riscv64|loong64|universal)?/;

/** Optional packages that others ask for and that the lock does not have. */
export function missingFromLock(lock) {
  return Object.entries(lock.packages).flatMap(([path, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => !isPresent(lock, path, name))
      .map(([name, range]) => ({ path: `node_modules/${name}`, name, range, dev: entry.dev === true })),
  );
}

/** The lock as every machine can install it: with all platforms' optional packages and without the address of a registry. */
export function repairLock(lock) {
  const packages = Object.fromEntries(Object.entries(lock.packages).map(([path, entry]) => [path, withoutRegistry(entry)]));
  for (const { path, name, range, dev } of missingFromLock(lock)) packages[path] = optionalEntry(name, range, dev);
  return { ...lock, packages: Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))) };
}

/** npm looks in the package itself and then in every folder above it. */
function isPresent(lock, path, name) {
  const parts = path === '' ? [] : path.split('/node_modules/');
  const folders = parts.map((_, index) => parts.slice(0, parts.length - index).join('/node_modules/'));
  return [...folders.map((folder) => `${folder}/node_modules/${name}`), `node_modules/${name}`].some((candidate) => candidate in lock.packages);
}

function withoutRegistry(entry) {
  if (!/^https?:/.test(entry.resolved ?? '')) return entry;
  const { resolved: _, ...rest } = entry;
  return rest;
}

function optionalEntry(name, range, dev) {
  const [, os, cpu] = PLATFORM.exec(name) ?? [];
  const wasm = /wasm32/.test(name);
  return {
    version: range.replace(/^[\^~]/, ''),
    ...(cpu && cpu !== 'universal' ? { cpu: [cpu] } : wasm ? { cpu: ['wasm32'] } : {}),
    ...(dev ? { dev: true } : {}),
    optional: true,
    ...(os && !wasm ? { os: [os] } : {}),
  };
}
