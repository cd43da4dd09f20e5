import { dueAsking } from '@sluice/gates';
import type { Finding } from '@sluice/gates';
import type { HttpGate } from '@sluice/pipeline';
import { promotionName } from '@sluice/promotion';
import type { Candidate, Verdict } from '@sluice/promotion';
import type { FindingPorts, FindingScope } from './finding-scope.js';

const MAX_PATHS = 200;

interface Question {
  readonly candidate: Candidate;
  readonly boundTo: string;
  readonly previous: readonly Verdict[];
}

/** Asks a URL about the candidate, when it is time to. Undefined: not yet, or never, where nobody is to be asked. */
export async function observeHttp(ports: FindingPorts, scope: FindingScope, gate: HttpGate, { candidate, boundTo, previous }: Question): Promise<Finding | undefined> {
  if (!ports.questions) return undefined;
  const now = ports.clock();
  const asked = dueAsking(gate, boundTo, previous, now);
  if (!asked) return undefined;
  const body = JSON.stringify(question(ports, scope, gate, candidate));
  const answer = await ports.questions.ask({ url: gate.url, secret: gate.secret, body, at: now });
  return { kind: 'http', answer, asked, boundTo };
}

function question(ports: FindingPorts, { lane, from, application, target }: FindingScope, gate: HttpGate, candidate: Candidate): Readonly<Record<string, unknown>> {
  const promotion = promotionName(target.name, application.name, candidate.digest);
  const { changedPaths } = candidate;
  return {
    version: 1,
    gate: gate.name,
    repository: lane.repository,
    application: application.name,
    ...(candidate.members && { applications: candidate.members.map((member) => member.application) }),
    environment: target.name,
    source: { environment: from.name, commit: candidate.source },
    promotion,
    url: `${ports.settings.publicUrl}/promotions/${lane.repository}/${promotion}`,
    kind: candidate.kind,
    digest: candidate.digest,
    changes: { files: changedPaths.length, paths: changedPaths.slice(0, MAX_PATHS) },
  };
}
