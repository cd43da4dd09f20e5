import type { Finding } from '@sluice/gates';
import type { PolicyGate } from '@sluice/pipeline';
import type { Candidate } from '@sluice/promotion';
import type { FindingPorts, FindingScope } from './finding-scope.js';
import { readComposed } from './read-composed.js';

/** Evaluates a policy's rules, in the sandbox, over everything that the target would have of the application. */
export async function observePolicy(ports: FindingPorts, scope: FindingScope, gate: PolicyGate, candidate: Candidate): Promise<Finding> {
  const files = await readComposed(scope.mirror, scope.application, candidate);
  if (files.kind === 'unfound') return files;
  const { lane, from, application, target } = scope;
  const source = { environment: from.name, commit: candidate.source };
  const { before, after } = files;
  const { changedPaths } = candidate;
  const result = await ports.reader.evaluatePolicy({ validations: gate.validations, before, after, changedPaths, application: application.name, environment: target.name, source });
  return 'kind' in result ? { kind: 'unfound', message: `the rules could not be evaluated for ${lane.application}: ${result.message}`, final: true } : { kind: 'policy', result };
}
