import type { Finding } from '../finding.js';
import type { Outline } from '../outline.js';
import { didYouMean } from '../suggestion.js';
import { findRepeated } from './unique.js';

type SetOutline = Outline['releaseSets'][number];

/** Members and environments of a release set exist, something is promoted there, and no application is in two sets at once. */
export function checkReleaseSets(outline: Outline): readonly Finding[] {
  const { releaseSets } = outline;
  return [
    ...findRepeated('the release set', releaseSets.map(({ name }, index) => ({ text: name, path: ['spec', 'releaseSets', index, 'name'] }))),
    ...releaseSets.flatMap((set, index) => [...checkName(outline, set, index), ...checkMembers(outline, set, index), ...checkEnvironments(outline, set, index)]),
    ...checkOverlaps(outline),
  ];
}

function applicationsOf({ applications, pipeline }: Outline): readonly string[] {
  return applications ? applications.flatMap(({ name }) => (typeof name === 'string' ? [name] : [])) : [pipeline ?? ''];
}

function checkName(outline: Outline, { name }: SetOutline, index: number): readonly Finding[] {
  if (typeof name !== 'string' || !applicationsOf(outline).includes(name)) return [];
  return [{ path: ['spec', 'releaseSets', index, 'name'], message: `"${name}" is an application; a release set needs a name of its own` }];
}

function checkMembers(outline: Outline, { applications }: SetOutline, index: number): readonly Finding[] {
  const known = applicationsOf(outline);
  const entries = (applications ?? []).map((text, at) => ({ text, path: ['spec', 'releaseSets', index, 'applications', at] }));
  const unknown = entries.flatMap(({ text, path }): Finding[] => (typeof text !== 'string' || known.includes(text) ? [] : [{ path, message: `there is no application "${text}"${didYouMean(text, known)}` }]));
  const alone = entries.length === 1 ? [{ path: ['spec', 'releaseSets', index, 'applications'], message: 'needs at least two applications: one alone is promoted by itself' }] : [];
  return [...alone, ...unknown, ...findRepeated('the application', entries)];
}

function checkEnvironments(outline: Outline, { environments }: SetOutline, index: number): readonly Finding[] {
  const entries = (environments ?? []).map((text, at) => ({ text, path: ['spec', 'releaseSets', index, 'environments', at] }));
  const wrong = entries.flatMap(({ text, path }): Finding[] => {
    const message = typeof text === 'string' ? obstacleIn(outline, text) : undefined;
    return message === undefined ? [] : [{ path, message }];
  });
  return [...wrong, ...findRepeated('the environment', entries)];
}

function obstacleIn({ environments }: Outline, name: string): string | undefined {
  const names = environments.flatMap((environment) => (typeof environment.name === 'string' ? [environment.name] : []));
  const sources = environments.find((environment) => environment.name === name)?.from;
  if (!names.includes(name)) return `there is no environment "${name}"${didYouMean(name, names)}`;
  return sources === undefined || sources?.length === 0 ? `nothing is promoted to "${name}": it is where changes begin` : undefined;
}

function checkOverlaps({ releaseSets, environments }: Outline): readonly Finding[] {
  const everywhere = environments.flatMap(({ name, from }) => (typeof name === 'string' && (from?.length ?? 0) > 0 ? [name] : []));
  const taken = new Map<string, string>();
  return releaseSets.flatMap(({ applications, environments: named }, index) =>
    [...new Set(applications ?? [])].flatMap((application): Finding[] => {
      const places = (named ?? everywhere).map((environment) => ({ environment, key: `${environment ?? ''}/${application ?? ''}` }));
      const twice = places.find(({ key }) => taken.has(key) && taken.get(key) !== `${index}`);
      for (const { key } of places) if (!taken.has(key)) taken.set(key, `${index}`);
      if (!twice) return [];
      const other = releaseSets[Number(taken.get(twice.key))]?.name ?? '';
      const at = (applications ?? []).indexOf(application);
      return [{ path: ['spec', 'releaseSets', index, 'applications', at], message: `"${application ?? ''}" is in "${other}" already in ${twice.environment ?? ''}; in one environment an application is in one release set` }];
    }),
  );
}
