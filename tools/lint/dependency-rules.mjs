// The configuration of dependency-cruiser, made of the layer table and the projects' tags.
import { BANNED_IN_DECISIONS, DECIDING_LAYERS, LAYERS, NARROWED, TEST_FILE, TEST_LAYERS } from './layers.mjs';

/** @param projects as of readProjects */
export function dependencyCruiserConfig(projects) {
  return { forbidden: [...layerRules(projects), ...clientRules(projects), ...libraryRules(projects), ...generalRules()], options: OPTIONS };
}

const OPTIONS = {
  doNotFollow: { path: ['node_modules', '/dist/'] },
  // Only our own: most packages are entered through their dist, and an excluded import would escape every rule.
  exclude: { path: '^(apps|libs)/.*/dist/|^tools/dist/' },
  tsPreCompilationDeps: true,
  combinedDependencies: true,
  enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['@sluice/source', 'import', 'node', 'types', 'default'] },
  moduleSystems: ['es6', 'cjs'],
};

function layerRules(projects) {
  return Object.entries(LAYERS).flatMap(([layer, allowed]) => {
    const from = foldersIn(projects, [layer]);
    if (from.length === 0) return [];
    const forbidden = foldersIn(projects, Object.keys(LAYERS).filter((other) => !allowed.includes(other)));
    const forTests = foldersIn(projects, Object.keys(LAYERS).filter((other) => !allowed.includes(other) && !TEST_LAYERS.includes(other)));
    const comment = `layer:${layer} may import ${allowed.length === 0 ? 'nothing internal' : allowed.join(', ')}`;
    return [
      layerRule(`layer-${layer}`, comment, { path: startsWithOne(from), pathNot: TEST_FILE }, forbidden),
      layerRule(`layer-${layer}-tests`, `${comment}; its tests also ${TEST_LAYERS.join(', ')}`, { path: `${startsWithOne(from)}.*${TEST_FILE}` }, forTests),
    ];
  });
}

/** `$1` is the folder of the importing project: what is inside it is no matter of layers. */
function layerRule(name, comment, from, folders) {
  return { name, comment, severity: 'error', from, to: { path: folders.length === 0 ? '^$' : startsWithOne(folders), pathNot: '^$1/' } };
}

function clientRules(projects) {
  return Object.entries(NARROWED).flatMap(([tag, allowed]) => {
    const from = projects.filter(({ tags }) => tags.includes(tag)).map(({ folder }) => folder);
    if (from.length === 0) return [];
    const forbidden = foldersIn(projects, Object.keys(LAYERS).filter((layer) => !allowed.includes(layer) && !TEST_LAYERS.includes(layer)));
    return [layerRule(tag.replace(':', '-'), `${tag} may import ${allowed.join(', ')}`, { path: startsWithOne(from) }, forbidden)];
  });
}

function libraryRules(projects) {
  const deciding = foldersIn(projects, DECIDING_LAYERS);
  const core = foldersIn(projects, ['core']);
  const libraries = foldersIn(projects, Object.keys(LAYERS).filter((layer) => !['app', 'tool', ...TEST_LAYERS].includes(layer)));
  const banned = `(^|/)node_modules/(${BANNED_IN_DECISIONS.join('|')})/|^(${BANNED_IN_DECISIONS.join('|')})(/|$)`;
  const nest = '(^|/)node_modules/@nestjs/|^@nestjs/';
  return [
    deciding.length > 0 && { name: 'no-frameworks-in-decisions', comment: 'core and use cases decide; frameworks, databases and SDKs stay in adapters and apps', severity: 'error', from: { path: startsWithOne(deciding), pathNot: TEST_FILE }, to: { path: banned } },
    core.length > 0 && { name: 'no-node-in-core', comment: 'core has no clock, no files, no network', severity: 'error', from: { path: startsWithOne(core), pathNot: TEST_FILE }, to: { dependencyTypes: ['core'] } },
    libraries.length > 0 && { name: 'nest-only-in-apps', comment: 'Nest decorators stay in apps', severity: 'error', from: { path: startsWithOne(libraries), pathNot: TEST_FILE }, to: { path: nest } },
  ].filter(Boolean);
}

function generalRules() {
  return [
    { name: 'no-cycle', comment: 'modules form no cycles, not even of types', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-test-code-in-production', comment: 'specs and fixtures are imported by specs and fixtures only', severity: 'error', from: { path: '^(apps|libs)/', pathNot: TEST_FILE }, to: { path: TEST_FILE } },
    // A fixture that is a process of its own runs what is built, which a fresh clone has not yet.
    { name: 'resolvable', comment: 'an import leads somewhere', severity: 'error', from: { pathNot: '\\.fixture\\.mjs$' }, to: { couldNotResolve: true } },
  ];
}

function foldersIn(projects, layers) {
  return projects.filter((project) => project.layers.some((layer) => layers.includes(layer))).map(({ folder }) => folder);
}

function startsWithOne(folders) {
  return `^(${folders.map((folder) => folder.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})/`;
}
