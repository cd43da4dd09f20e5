import type { Finding } from '../finding.js';
import type { EnvironmentOutline, Outline } from '../outline.js';
import { findRepeated, type Entry } from './unique.js';

/** Names and branches are unique, and a first environment has nothing to gate. */
export function checkEnvironments({ environments }: Outline): readonly Finding[] {
  return [
    ...findRepeated('the environment name', environments.map(({ name }, index) => ({ text: name, path: ['spec', 'environments', index, 'name'] }))),
    ...findRepeated('the branch', environments.map((environment, index) => branchEntry(environments, index, environment))),
    ...environments.flatMap((environment, index) => [...checkGateNames(environment, index), ...checkFirst(environment, index)]),
  ];
}

/** The default branch of a repeated name says nothing that the name's own finding does not. */
function branchEntry(environments: Outline['environments'], index: number, { name, branch }: EnvironmentOutline): Entry {
  const path = ['spec', 'environments', index];
  if (branch !== undefined) return { text: branch, path: [...path, 'branch'] };
  const repeated = environments.findIndex((other) => other.name === name) < index;
  return { text: repeated ? undefined : name, path: [...path, 'name'] };
}

/** Verdicts and statuses that are no gates of the file: a gate of such a name could pass for one. */
const OUR_VERDICTS: readonly string[] = ['adoption', 'approvals', 'branch', 'emergency', 'freeze', 'ready', 'rollout', 'tampered', 'target', 'windows'];

function checkGateNames({ gates }: EnvironmentOutline, index: number): readonly Finding[] {
  const entries = (gates ?? []).map((gate, at) => ({ text: gate.name, path: ['spec', 'environments', index, 'gates', at, 'name'] }));
  const reserved = entries.filter(({ text }) => typeof text === 'string' && OUR_VERDICTS.includes(text));
  return [...findRepeated('the gate name', entries), ...reserved.map(({ text, path }) => ({ path, message: `"${text}" is a name of Sluice's own (${OUR_VERDICTS.join(', ')}); call the gate otherwise` }))];
}

/** Without `from` nothing is ever promoted into an environment: gates and approvals there would look like protection and be none. */
function checkFirst(environment: EnvironmentOutline, index: number): readonly Finding[] {
  if (environment.from === null || (environment.from?.length ?? 0) > 0) return [];
  const path = ['spec', 'environments', index];
  const name = environment.name ?? 'this environment';
  const gates = (environment.gates ?? []).map((gate, at) => ({ path: [...path, 'gates', at, 'type'], message: gateProblem(name, gate.type) }));
  const approvals = { path: [...path, 'approvals'], message: `"${name}" has no "from", so nothing is promoted into it and nobody is asked to approve; add "from" or remove "approvals"`, aspect: 'key' as const };
  const windows = { path: [...path, 'windows'], message: `"${name}" has no "from", so nothing is promoted into it at any time; add "from" or remove "windows"`, aspect: 'key' as const };
  return [...gates, ...(environment.approvals === undefined ? [] : [approvals]), ...(environment.windows === undefined ? [] : [windows])];
}

function gateProblem(name: string, type: string | null | undefined): string {
  if (type === 'health') return `a health gate asks the agents of the source environment, but "${name}" has no "from"; add "from" or remove the gate`;
  return `"${name}" has no "from", so nothing is promoted into it and its gates are never asked; add "from" or remove the gate`;
}
