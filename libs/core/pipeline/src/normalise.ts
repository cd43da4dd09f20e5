import { InvalidInput, applicationName, environmentName, parseDuration } from '@sluice/kernel';
import { isContentGate } from './content-gates.js';
import { parseFieldPath } from './field-path.js';
import type { Application, ApprovalPolicy, EmergencyPolicy, Environment, Gate, ImageUpdate, OwnershipRule, Pipeline, Principal, ReleaseSet, RoleBinding } from './model.js';
import { toContentGate } from './normalise-content-gate.js';
import { toNotificationRule } from './notifications/normalise-notifications.js';
import { parsePrincipal } from './principal.js';
import { topologicalOrder } from './rules/environment-graph.js';
import { withSourcesGate } from './sources-gate.js';
import { quorumSize } from './schema/policies.js';
import type { ApplicationFile, EnvironmentFile, ImageUpdateFile, OwnershipRuleFile, PipelineFile, ReleaseSetFile, RoleBindingFile, TestsFile } from './schema/pipeline-file.js';
import type { TestDefinition } from './test-gate.js';
import { toFreezeGate, toWindowRule } from './windows/normalise-windows.js';

/** Fills in defaults and resolves texts. The file has passed every check: what still does not fit is a fault of ours and throws. */
export function normalise(file: PipelineFile): Pipeline {
  const { environments, applications, environmentOwned = [], roles = [], tests = {} } = file.spec;
  return {
    name: file.metadata.name,
    environments: topologicalOrder(environments.map((environment) => toEnvironment(environment, tests))),
    applications: (applications ?? [{ name: file.metadata.name, paths: ['**'] }]).map(toApplication),
    environmentOwned: environmentOwned.map(toOwnershipRule),
    roles: roles.map(toRoleBinding),
    ...toOptionalSections(file.spec),
  };
}

function toOptionalSections({ environments, imageUpdates = [], releaseSets = [], health = [], notifications = [] }: PipelineFile['spec']): Pick<Pipeline, 'imageUpdates' | 'releaseSets' | 'health' | 'notifications'> {
  return {
    ...(notifications.length > 0 && { notifications: notifications.map(toNotificationRule) }),
    ...(health.length > 0 && { health }),
    ...(imageUpdates.length > 0 && { imageUpdates: imageUpdates.map(toImageUpdate) }),
    ...(releaseSets.length > 0 && { releaseSets: releaseSets.map((set) => toReleaseSet(set, environments)) }),
  };
}

function toEnvironment(file: EnvironmentFile, tests: TestsFile): Environment {
  const { from, ...any } = toSources(file.from);
  return {
    name: environmentName(file.name),
    branch: file.branch ?? file.name,
    from,
    ...any,
    directPush: file.directPush ?? 'deploy',
    ...toDrift(file.drift),
    merge: file.merge ?? 'auto',
    onNewSource: file.onNewSource ?? 'update',
    gates: withSourcesGate(from, (file.gates ?? []).map((gate) => toGate(gate, tests))),
    ...toPolicies(file),
  };
}

function toDrift(file: EnvironmentFile['drift']): Pick<Environment, 'drift' | 'driftIgnore'> {
  if (typeof file !== 'object') return { drift: file ?? 'revert' };
  const driftIgnore = (file.ignore ?? []).flatMap(({ kind, fields }) => fields.map((field) => ({ ...(kind === undefined ? {} : { kind }), path: toFieldPath(field) })));
  return { drift: file.mode ?? 'revert', ...(driftIgnore.length > 0 && { driftIgnore }) };
}

function toPolicies({ approvals, windows, rollout, emergency }: EnvironmentFile): Pick<Environment, 'approvals' | 'windows' | 'waves' | 'onDegraded' | 'emergency'> {
  return {
    ...(approvals ? { approvals: toApprovals(approvals) } : {}),
    ...(windows ? { windows: windows.map(toWindowRule) } : {}),
    ...(rollout?.waves ? { waves: rollout.waves.map(({ clusters, soak }) => ({ clusters, soak: toMilliseconds(soak ?? '0s') })) } : {}),
    ...(rollout?.onDegraded === undefined || rollout.onDegraded === 'report' ? {} : { onDegraded: rollout.onDegraded }),
    ...(emergency ? { emergency: toEmergency(emergency) } : {}),
  };
}

function toSources(sources: EnvironmentFile['from'] = []): Pick<Environment, 'from' | 'fromAny'> {
  if (Array.isArray(sources)) return { from: sources.map((source) => environmentName(source)) };
  return { from: sources.any.map((source) => environmentName(source)), fromAny: true };
}

function toGate(gate: NonNullable<EnvironmentFile['gates']>[number], tests: TestsFile): Gate {
  if (isContentGate(gate)) return toContentGate(gate);
  switch (gate.type) {
    case 'check':
      return { name: gate.name, type: 'check', context: gate.context };
    case 'health':
      return { name: gate.name, type: 'health', soak: toMilliseconds(gate.soak ?? '0s') };
    case 'manual':
      return { name: gate.name, type: 'manual', from: toPrincipals(gate.from) };
    case 'window':
      return { name: gate.name, type: 'window', rule: toWindowRule(gate) };
    case 'freeze':
      return toFreezeGate(gate);
    case 'test':
      return { name: gate.name, type: 'test', test: toTest(gate.test, tests[gate.test]) };
  }
}

function toTest(name: string, file: TestsFile[string] | undefined): TestDefinition {
  if (!file) return unreadable(name);
  const { command, timeout = '5m', image } = file;
  return { name, command, timeout: toMilliseconds(timeout), ...(image === undefined ? {} : { image }) };
}

/** Separation of duties is the default: who wants less says so. */
function toApprovals(approvals: NonNullable<EnvironmentFile['approvals']>): ApprovalPolicy {
  const { excludeAuthors = true, excludeRequester = true } = approvals;
  const quorum = approvals.quorum?.map((part) => ({ from: toPrincipals(part.from), required: part.required }));
  const required = approvals.required ?? quorumSize(approvals);
  // whom a part names counts, whatever else is said; without a "from" nobody else does
  const from = [...toPrincipals(approvals.from ?? (quorum ? [] : undefined)), ...(quorum ?? []).flatMap((part) => part.from)];
  return { required, from, ...(quorum && { quorum }), excludeAuthors, excludeRequester };
}

function toEmergency({ required, from, also = [] }: NonNullable<EnvironmentFile['emergency']>): EmergencyPolicy {
  return { required, from: toPrincipals(from), also };
}

function toApplication(file: ApplicationFile): Application {
  const after = (file.after ?? []).map((name) => applicationName(name));
  return { name: applicationName(file.name), paths: file.paths, uses: file.uses ?? [], ...(after.length > 0 && { after }) };
}

function toOwnershipRule(file: OwnershipRuleFile): OwnershipRule {
  return {
    environments: (file.environments ?? []).map((name) => environmentName(name)),
    ...(file.path === undefined ? {} : { path: file.path }),
    ...(file.kind === undefined ? {} : { kind: file.kind }),
    fields: (file.fields ?? []).map(toFieldPath),
    ...(file.part === undefined ? {} : { part: file.part }),
  };
}

function toRoleBinding(file: RoleBindingFile): RoleBinding {
  return { role: file.role, who: toPrincipals(file.who), applications: file.applications ?? ['*'], environments: file.environments ?? ['*'] };
}

function toImageUpdate({ image, policy, environment, pin = 'tag' }: ImageUpdateFile): ImageUpdate {
  return { image, policy: toImagePolicy(policy), environment: environmentName(environment), pin };
}

function toReleaseSet({ name, applications, environments }: ReleaseSetFile, all: readonly EnvironmentFile[]): ReleaseSet {
  const places = environments ?? all.filter(({ from }) => toSources(from).from.length > 0).map((environment) => environment.name);
  return { name, applications: applications.map((application) => applicationName(application)), environments: places.map((place) => environmentName(place)) };
}

function toImagePolicy({ semver, glob }: ImageUpdateFile['policy']): ImageUpdate['policy'] {
  if (semver !== undefined) return { kind: 'semver', range: semver };
  return glob === undefined ? { kind: 'newest' } : { kind: 'glob', pattern: glob };
}

function toPrincipals(texts: readonly string[] = ['*']): readonly Principal[] {
  return texts.map((text) => parsePrincipal(text) ?? unreadable(text));
}

function toFieldPath(text: string): readonly string[] {
  const result = parseFieldPath(text);
  return result.ok ? result.path : unreadable(text);
}

function toMilliseconds(text: string): number {
  return parseDuration(text) ?? unreadable(text);
}

function unreadable(text: string): never {
  throw new InvalidInput(`${JSON.stringify(text)} passed the checks, but cannot be read`);
}
