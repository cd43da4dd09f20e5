import type { Instant, RepositoryId } from '@sluice/kernel';
import type { Pipeline, RoleBinding } from '@sluice/pipeline';
import type { BranchRights } from '../people/may-write.js';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import type { ServerBinding, TemporaryRight } from '../ports/index.js';
import { brokenGlass, stillNamed } from './broken-glass.js';

/** A role by break-glass: what is done under it alone is marked. */
export interface GlassBinding extends RoleBinding {
  readonly glass: TemporaryRight;
}

export type EffectivePorts = Pick<LifecyclePorts, 'clock' | 'repositories' | 'rights' | 'people'>;

/** The pipeline of a repository with the roles that hold there now: its own, those of the server's settings, and those by break-glass. Undefined while there is none. */
export async function effectivePipeline(ports: EffectivePorts, repository: RepositoryId): Promise<Pipeline | undefined> {
  const pipeline = (await ports.repositories.pipeline(repository))?.pipeline;
  if (!pipeline) return undefined;
  const now = ports.clock();
  const bindings = await ports.rights.bindings();
  const temporary = await stillNamed(ports.people, pipeline.environments, await ports.rights.temporary(repository, now));
  return { ...pipeline, roles: effectiveRoles(pipeline, { repository, bindings, temporary }, now) };
}

/** What decides who may push to which branch, also before there is a pipeline: roles of the server's settings hold already then. Undefined for a repository that there is not. */
export async function branchRights(ports: EffectivePorts, repository: RepositoryId): Promise<BranchRights | undefined> {
  const known = await ports.repositories.get(repository);
  if (!known) return undefined;
  const { roles, environments } = (await effectivePipeline(ports, repository)) ?? { environments: [], roles: effectiveRoles(NOTHING, { repository, bindings: await ports.rights.bindings(), temporary: [] }, ports.clock()) };
  return { roles, environments, configBranch: known.configBranch };
}

const NOTHING = { roles: [], environments: [] };

/**
 * All roles that hold in a repository. Where neither its pipeline nor the server gives any, everybody may promote and approve, and break-glass has nothing to add: an open glass never makes a
 * repository narrower.
 */
export function effectiveRoles(
  pipeline: Pick<Pipeline, 'roles' | 'environments'>,
  given: { readonly repository: RepositoryId; readonly bindings: readonly ServerBinding[]; readonly temporary: readonly TemporaryRight[] },
  now: Instant,
): readonly RoleBinding[] {
  const ofServer = given.bindings.filter(({ repositories }) => matchesName(repositories, given.repository)).map(({ role, who, application, environment }): RoleBinding => ({ role, who: [who], applications: [application], environments: [environment] }));
  const declared = [...pipeline.roles, ...ofServer];
  const glasses = brokenGlass(pipeline.environments, given.temporary, now).filter(({ missing }) => missing === undefined);
  return declared.length === 0 ? [] : [...declared, ...glasses.map(glassBinding)];
}

/** Roles without those by break-glass. */
export function withoutGlass(roles: readonly RoleBinding[]): readonly RoleBinding[] {
  return roles.filter((binding) => glassOf(binding) === undefined);
}

/** The break-glass that a role comes from. */
export function glassOf(binding: RoleBinding & Partial<GlassBinding>): TemporaryRight | undefined {
  return binding.glass;
}

function glassBinding(glass: TemporaryRight): GlassBinding {
  return { role: 'approver', who: [{ kind: 'person', name: glass.person }], applications: [glass.application ?? '*'], environments: [glass.environment ?? '*'], glass };
}

/** `*`, `shop-*` or a name. */
function matchesName(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : pattern === name;
}
