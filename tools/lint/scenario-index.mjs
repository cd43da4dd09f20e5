// The index of the scenarios is read by people: every scenario is in it, and every entry leads to a file. `together.spec.ts` is none: it tells those beside it.
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

const SCENARIOS = /^(.*\/scenarios)\/(.+(?<!\/together)\.spec\.ts)$/;
const ENTRY = /\]\(([^)#]+\.spec\.ts)\)/g;

/**
 * @param {string} root
 * @param {readonly string[]} files of the workspace, from its root
 * @returns {string[]} problems; none: the index is right
 */
export function scenarioIndexProblems(root, files) {
  const folders = new Map();
  for (const file of files) {
    const [, folder, scenario] = SCENARIOS.exec(file) ?? [];
    if (folder !== undefined) folders.set(folder, [...(folders.get(folder) ?? []), scenario]);
  }
  return [...folders].flatMap(([folder, scenarios]) => indexProblems(root, `${folder}/README.md`, scenarios));
}

function indexProblems(root, index, scenarios) {
  const path = join(root, index);
  if (!existsSync(path)) return [`${index}: is missing; it is the index of the scenarios beside it`];
  const entries = new Set([...readFileSync(path, 'utf8').matchAll(ENTRY)].map(([, file]) => posix.normalize(file)));
  return [
    ...scenarios.filter((scenario) => !entries.has(scenario)).map((scenario) => `${index}: add an entry for ${scenario}`),
    ...[...entries].filter((entry) => !scenarios.includes(entry)).map((entry) => `${index}: there is no scenario ${entry}`),
  ];
}
