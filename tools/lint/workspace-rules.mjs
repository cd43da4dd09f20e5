// Rules about the workspace as a whole that no off-the-shelf checker knows. Each returns problems as texts; none: all is well.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { missingFromLock } from '../setup/lock-file.mjs';
import { LAYERS, NARROWED } from './layers.mjs';
import { readJson } from './projects.mjs';
import { scenarioIndexProblems } from './scenario-index.mjs';

const EXACT_VERSION = /^\d+\.\d+\.\d+(-[\w.]+)?$/;
const OWN = '@sluice/';

/** @returns {string[]} */
export function workspaceProblems(root, projects) {
  const files = trackedFiles(root);
  return [
    ...projects.flatMap(tagProblems),
    ...versionProblems(root, projects),
    ...projects.flatMap((project) => referenceProblems(root, project, projects)),
    ...lockProblems(root),
    ...files.flatMap(nameProblems),
    ...files.flatMap((file) => textProblems(root, file)),
    ...scenarioIndexProblems(root, files),
  ];
}

function tagProblems({ folder, tags, layers }) {
  const known = [...Object.keys(LAYERS).map((layer) => `layer:${layer}`), ...Object.keys(NARROWED)];
  const unknown = tags.filter((tag) => !known.includes(tag)).map((tag) => `${folder}/package.json: unknown tag "${tag}" in nx.tags (known: ${known.join(', ')})`);
  if (layers.length === 1) return unknown;
  return [...unknown, `${folder}/package.json: exactly one "layer:" tag is needed in nx.tags, not ${layers.length === 0 ? 'none' : layers.join(' and ')}`];
}

/** One version of everything: third-party dependencies stand in the root only, exactly; projects name each other. */
function versionProblems(root, projects) {
  const manifest = readJson(join(root, 'package.json'));
  const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies, ...flat(manifest.overrides ?? {}) })
    .filter(([, version]) => !EXACT_VERSION.test(version))
    .map(([name, version]) => `package.json: "${name}": "${version}" is not an exact version`);
  const own = projects.flatMap(({ folder, manifest: { dependencies, devDependencies } }) =>
    Object.entries({ ...dependencies, ...devDependencies })
      .filter(([name, version]) => !name.startsWith(OWN) || version !== '*')
      .map(([name]) => `${folder}/package.json: "${name}" belongs into the root package.json (a project lists ${OWN}* projects with "*" only)`),
  );
  return [...loose, ...own];
}

function flat(overrides) {
  return Object.fromEntries(Object.entries(overrides).flatMap(([name, value]) => (typeof value === 'string' ? [[name, value]] : Object.entries(flat(value)))));
}

/** `tsc -b` builds along references, Nx along dependencies: both must say the same. */
function referenceProblems(root, { folder, manifest }, projects) {
  const path = join(root, folder, 'tsconfig.build.json');
  if (!existsSync(path)) return [];
  const referenced = (readJson(path).references ?? []).map((reference) => dirname(normalize(join(folder, reference.path))));
  const wanted = projects.filter(({ name }) => manifest.dependencies?.[name]).map((project) => project.folder);
  return [
    ...wanted.filter((one) => !referenced.includes(one)).map((one) => `${folder}/tsconfig.build.json: add a reference to ${one}, which package.json depends on`),
    ...referenced.filter((one) => !wanted.includes(one)).map((one) => `${folder}/package.json: add the dependency on ${one}, which tsconfig.build.json references`),
  ];
}

function lockProblems(root) {
  const path = join(root, 'package-lock.json');
  if (!existsSync(path)) return [];
  const lock = readJson(path);
  const resolved = Object.entries(lock.packages).filter(([, entry]) => /^https?:/.test(entry.resolved ?? ''));
  const missing = missingFromLock(lock);
  return [
    ...(resolved.length > 0 ? [`package-lock.json: ${resolved.length} entries name a registry ("resolved"); run node tools/fix-lock.mjs`] : []),
    ...(missing.length > 0 ? [`package-lock.json: ${missing.length} optional packages of other platforms are missing (${missing[0].path}); run node tools/fix-lock.mjs`] : []),
  ];
}

const KEBAB_CASE = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)*$/;
const VAGUE = /^(utils?|common|helpers?|misc)$/;

function nameProblems(file) {
  if (!/^(apps|libs|tools)\/.*\.(tsx?|mjs)$/.test(file)) return [];
  const parts = file.replace(/\.\w+$/, '').split('/');
  const vague = parts.find((part) => VAGUE.test(part.split('.')[0]));
  const odd = parts.find((part) => !KEBAB_CASE.test(part));
  return [...(vague ? [`${file}: "${vague}" says nothing; name it after its concept`] : []), ...(odd ? [`${file}: names are kebab-case`] : [])];
}

/** Paths that exist on one machine only. Written so that this file does not match itself. */
const MACHINE_PATHS = [/(?<![\w.~-])\/(?:home|Users)\/[a-z][\w.-]*\//, /(?<![\w.~/-])\/work\/(?:main|shared)\b/, /(?<![\w.~/-])\/root\/[.\w]/, /[A-Z]:\\Users\\/];
const BINARY = /\.(png|jpe?g|gif|ico|woff2?|gz|tgz|zip)$/;
const MAX_TEXT_BYTES = 2_000_000;

function textProblems(root, file) {
  if (BINARY.test(file) || file === 'package-lock.json' || statSync(join(root, file)).size > MAX_TEXT_BYTES) return [];
  const lines = readFileSync(join(root, file), 'utf8').split('\n');
  return lines.flatMap((line, index) => (MACHINE_PATHS.some((pattern) => pattern.test(line)) ? [`${file}:${index + 1}: names a path of one machine`] : []));
}

function trackedFiles(root) {
  try {
    const listed = execFileSync('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8', maxBuffer: 1 << 26 });
    return listed.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
  } catch {
    return []; // an unpacked archive: nothing is tracked
  }
}
