import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import Sequencer from '@jest/test-sequencer';

/** What is known of a file before it ran is its size; of one that tells its folder together, the sizes of all that it tells. The last files to begin are then small ones, so that no worker is left with much when the other is done. */
export default class HeaviestFirst extends Sequencer {
  sort(tests) {
    return tests.map((test) => ({ test, weight: weightOf(test.path) })).sort((a, b) => b.weight - a.weight).map(({ test }) => test);
  }
}

function weightOf(path) {
  if (basename(path) !== 'together.spec.ts') return statSync(path).size;
  const folder = dirname(path);
  return readdirSync(folder).reduce((sum, name) => (name.endsWith('.spec.ts') ? sum + statSync(join(folder, name)).size : sum), 0);
}
