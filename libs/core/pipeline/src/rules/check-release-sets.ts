import type { Finding } from '../finding.js';
import type { Outline } from '../outline.js';
import { didYouMean } from '../suggestion.js';
import { findCycles } from './cycles.js';
import { findRepeated } from './unique.js';

type SetOutline = Outline['releaseSets'][number];

/** Members and environments of a release set exist, something is promoted there, no application is in two sets at once, and `after` leads from no set back to itself. */
export function checkReleaseSets(outline: Outline): readonly Finding[] {
  const { releaseSets } = outline;
  return [
    ...findRepeated('the release set', releaseSets.map(({ name }, index) => ({ text: name, path: ['spec', 'releaseSets', index, 'name'] }))),
    ...releaseSets.flatMap((set, index) => [...checkName(outline, set, index), ...checkMembers(outline, set, index), ...checkEnvironments(outline, set, index)]),
    ...checkOverlaps(outline),
    ...checkOrder(outline),
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

/** Where something is promoted to. */
function targetsOf({ environments }: Outline): readonly string[] {
  return environments.flatMap(({ name, from }) => (typeof name === 'string' && (from?.length ?? 0) > 0 ? [name] : []));
}

/** A set goes as one, so whoever comes after one of its members comes after all of them: two of them may wait for each other though no application does. */
function checkOrder(outline: Outline): readonly Finding[] {
  const { applications = [], releaseSets } = outline;
  const orders = applications.map(({ name, after }) => ({ name, to: after }));
  // said where the applications are
  if (findCycles(orders, () => ({ path: [], message: '' })).length > 0) return [];
  const findings = targetsOf(outline).flatMap((environment) => {
    const sets = releaseSets.filter((set) => set.environments?.includes(environment) ?? true);
    return findCycles(inSets(orders, sets), (index, cycle) => findingOn(releaseSets.indexOf(sets[index] ?? {}), environment, cycle));
  });
  // a set may be in many environments: once is enough
  return findings.filter(({ path }, at) => findings.findIndex((other) => other.path[2] === path[2]) === at);
}

interface Order {
  readonly name?: string | null | undefined;
  readonly to?: readonly (string | null | undefined)[] | null | undefined;
}

/** The sets, and then the applications that are in none, each with what it comes after. */
function inSets(orders: readonly Order[], sets: readonly SetOutline[]): readonly Order[] {
  const setOf = (application: string | null | undefined): string | null | undefined => sets.find((set) => set.applications?.includes(application))?.name;
  const nodeOf = (application: string | null | undefined): string | null | undefined => setOf(application) ?? application;
  const merged = sets.map(({ name, applications: members }): Order => ({ name, to: orders.filter((order) => members?.includes(order.name)).flatMap(({ to }) => to?.map(nodeOf) ?? []).filter((node) => node !== name) }));
  return [...merged, ...orders.filter(({ name }) => setOf(name) === undefined).map(({ name, to }) => ({ name, to: to?.map(nodeOf) }))];
}

function findingOn(index: number, environment: string, cycle: readonly string[]): Finding {
  return { path: ['spec', 'releaseSets', index, 'applications'], message: `applications wait for each other in ${environment}, where these go as one: ${cycle.join(' → ')}` };
}

function checkOverlaps(outline: Outline): readonly Finding[] {
  const { releaseSets } = outline;
  const everywhere = targetsOf(outline);
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
