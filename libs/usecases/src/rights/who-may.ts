import { isNamedAmong, mayAct } from '@sluice/gates';
import type { ApplicationName, EnvironmentName } from '@sluice/kernel';
import type { Pipeline, Principal, RoleBinding } from '@sluice/pipeline';
import type { Person } from '../ports/index.js';
import { givesRole, givesRoleInWhole, hasRole, hasRoleInWhole } from '../lifecycle/rights.js';
import type { Place } from '../lifecycle/rights.js';
import { ruleOf } from './actions.js';
import type { ActionName, ActionRule } from './actions.js';

/** What somebody wants to do, and where. */
export interface Wanted {
  readonly action: ActionName;
  readonly places: readonly Place[];
  /** One of the places is enough. */
  readonly any?: boolean;
  /** Whom the policy of a gate names, where the action takes that: nobody else may, whatever their role. */
  readonly named?: readonly Principal[];
}

type Rights = Pick<Pipeline, 'roles' | 'environments'>;

/** Whether the table of actions lets a person do something. What the person is to the change (its author, its requester) is not looked at here. */
export function isPermitted(pipeline: Rights, person: Person, wanted: Wanted): boolean {
  const rule = ruleOf(wanted.action);
  if (person.deactivated) return false;
  if (rule.scope === 'server') return person.admin;
  if (rule.scope === 'self') return true;
  if (rule.scope === 'whole') return hasRoleInWhole(pipeline, person, rule.role ?? 'admin');
  if (wanted.named !== undefined && !mayAct(wanted.named, { person: person.name, groups: person.groups })) return false;
  // of what is nowhere (any more) nobody has a role
  if (wanted.places.length === 0) return person.admin;
  const inPlace = (place: Place): boolean => isNamed(pipeline, person, rule, place.environment) || (rule.role !== undefined && hasRole(pipeline, person, rule.role, place));
  return wanted.any === true ? wanted.places.some(inPlace) : wanted.places.every(inPlace);
}

/** Everybody among these people who may. */
export function whoMay(pipeline: Rights, people: readonly Person[], wanted: Wanted): readonly Person[] {
  return people.filter((person) => isPermitted(pipeline, person, wanted));
}

/** `only approvers of cart in prod may approve: group release-managers (anna, ben), or an admin of the server`. */
export function sayWhoMay(pipeline: Rights, people: readonly Person[], wanted: Wanted): string {
  const rule = ruleOf(wanted.action);
  if (rule.scope === 'server') return `only an admin of the server may ${rule.says}${namesIn(whoMay(pipeline, people, wanted))}`;
  const may = whoMay(pipeline, people, wanted);
  const principals = principalsOf(pipeline, wanted, rule);
  const gone = new Set<string>(people.filter(({ deactivated }) => deactivated).map(({ name }) => name));
  const named = principals.filter((principal) => principal.kind !== 'person' || !gone.has(principal.name)).map((principal) => sayPrincipal(principal, may));
  const admins = rule.role === undefined ? [] : [`an admin of the server${rule.scope === 'whole' ? namesIn(may.filter(({ admin }) => admin)) : ''}`];
  const who = [...new Set([...named, ...admins])];
  return `only ${sayRole(rule, wanted)} may ${rule.says}: ${who.length === 0 ? 'nobody is named' : who.join(', or ')}`;
}

/** Where anybody's approvals count, it takes the role for that: who has none is not named by it. */
function isNamed({ environments }: Rights, { name, groups }: Person, { or }: ActionRule, environment: EnvironmentName): boolean {
  const policy = policyOf(environments, or, environment);
  const matches = or === 'approvals' ? isNamedAmong : mayAct;
  return policy !== undefined && matches(policy, { person: name, groups });
}

function policyOf(environments: Pipeline['environments'], or: ActionRule['or'], name: EnvironmentName): readonly Principal[] | undefined {
  const environment = environments.find((candidate) => candidate.name === name);
  if (or === undefined || !environment) return undefined;
  return or === 'emergency' ? environment.emergency?.from : environment.approvals?.from;
}

/** Whom bindings and policies name for this, once each; where the gate names them, only those. */
function principalsOf(pipeline: Rights, wanted: Wanted, rule: ActionRule): readonly Principal[] {
  const { places, named } = wanted;
  const { role, or } = rule;
  const byRole = pipeline.roles.filter((binding) => givesWanted(binding, wanted, rule));
  const byPolicy = places.flatMap(({ environment }) => policyOf(pipeline.environments, or, environment) ?? []).filter(({ kind }) => or !== 'approvals' || kind !== 'anyone');
  const open: readonly Principal[] = pipeline.roles.length === 0 && role !== undefined && role !== 'admin' ? [{ kind: 'anyone' }] : [];
  // whom a policy names as anybody is whoever has the role
  const narrows = named !== undefined && named.length > 0 && !named.some(({ kind }) => kind === 'anyone');
  const all = narrows ? named : [...byRole.flatMap(({ who }) => who), ...open, ...byPolicy];
  return [...new Map(all.map((principal) => [JSON.stringify(principal), principal])).values()];
}

function givesWanted(binding: RoleBinding, { places, any }: Wanted, { role, scope }: ActionRule): boolean {
  if (role === undefined) return false;
  if (scope === 'whole') return givesRoleInWhole(binding, role);
  const gives = (place: Place): boolean => givesRole(binding, role, place);
  return any === true ? places.some(gives) : places.every(gives);
}

function sayPrincipal(principal: Principal, may: readonly Person[]): string {
  if (principal.kind === 'anyone') return 'anybody who is signed in';
  if (principal.kind === 'person') return principal.name;
  return `group ${principal.name}${namesIn(may.filter(({ groups }) => groups.includes(principal.name)))}`;
}

const SHOWN = 5;

function namesIn(people: readonly Person[]): string {
  if (people.length === 0) return ' (nobody)';
  const more = people.length > SHOWN ? ` and ${people.length - SHOWN} more` : '';
  return ` (${people.slice(0, SHOWN).map(({ name }) => name).join(', ')}${more})`;
}

function sayRole({ role, or, scope }: ActionRule, wanted: Wanted): string {
  const where = scope === 'whole' ? ' of the whole repository' : scope === 'anywhere' ? '' : ` of ${sayPlaces(wanted)}`;
  const roles = role === undefined ? [] : [`${role}s${where}`];
  const environments = [...new Set(wanted.places.map(({ environment }) => environment))].join(', ');
  const policy = or === undefined ? [] : [or === 'emergency' ? `those whom the emergency policy of ${environments} names` : `those whose approvals count in ${environments}`];
  return [...roles, ...policy].join(' and ');
}

function sayPlaces({ places, any }: Wanted): string {
  const applications = [...new Set(places.map(({ application }) => application))];
  const environments = [...new Set(places.map(({ environment }) => environment))];
  return `${namesOf(applications)} in ${any === true && environments.length > 1 ? environments.join(' or ') : environments.join(', ')}`;
}

function namesOf(applications: readonly ApplicationName[]): string {
  return applications.length > SHOWN ? `${applications.slice(0, SHOWN).join(', ')} and ${applications.length - SHOWN} more` : applications.join(', ');
}
