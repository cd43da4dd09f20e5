import type { Finding } from '../finding.js';
import type { EnvironmentOutline, Outline } from '../outline.js';
import { didYouMean } from '../suggestion.js';
import { findCycles } from './cycles.js';
import { findRepeated } from './unique.js';

/** `after` names applications that exist, and none waits, through others, for itself. */
export function checkApplicationOrder({ applications = [], environments }: Outline): readonly Finding[] {
  const names = applications.flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
  const entries = applications.flatMap(({ after }, index) => (after ?? []).map((text, at) => ({ text, path: ['spec', 'applications', index, 'after', at] })));
  const unknown = entries.flatMap(({ text, path }): Finding[] => (typeof text !== 'string' || names.includes(text) ? [] : [{ path, message: `there is no application "${text}"${didYouMean(text, names)}` }]));
  const repeated = applications.flatMap((_, index) => findRepeated('the application', entries.filter(({ path }) => path[2] === index)));
  const cycles = findCycles(
    applications.map(({ name, after }) => ({ name, to: after })),
    (index, cycle) => ({ path: ['spec', 'applications', index, 'after'], message: `applications wait for each other: ${cycle.join(' → ')}` }),
  );
  return [...unknown, ...repeated, ...cycles, ...(entries.length > 0 ? environments.flatMap(checkGateName) : [])];
}

function checkGateName({ gates }: EnvironmentOutline, index: number): readonly Finding[] {
  const at = (gates ?? []).findIndex(({ name }) => name === 'after');
  if (at < 0) return [];
  return [{ path: ['spec', 'environments', index, 'gates', at, 'name'], message: 'where applications have "after" the gate name "after" is Sluice\'s own: it asks whether those that go first have settled' }];
}
