import { messageOf, present } from '@sluice/kernel';
import { evaluateGates } from '@sluice/gates';
import { requestBody } from '@sluice/promotion';
import type { BodyInput, Candidate, Promotion, Verdict } from '@sluice/promotion';
import type { Provenance } from './collect-authors.js';
import type { ComposedFiles } from './compose-request.js';
import type { LaneScope, ObservePorts } from './lane-scope.js';
import type { Offer } from './lane-view.js';
import { observeFindings } from './observe-findings.js';
import { observeGates } from './observe-gates.js';
import { observePredecessors } from './predecessors.js';
import { showChanges } from './show-changes.js';

/** A candidate, and what the text of its request is made of when it is new. */
interface Composed {
  readonly candidate: Candidate;
  readonly provenance: Provenance;
  readonly files?: ComposedFiles;
}

/** What the gates say of a candidate now. */
export async function judgeCandidate(ports: ObservePorts, scope: LaneScope, composed: Composed): Promise<Offer> {
  const { candidate, provenance } = composed;
  const same = scope.current?.candidate.digest === candidate.digest ? scope.current : undefined;
  const after = await observePredecessors(ports, scope);
  const previous = same?.verdicts ?? [];
  const findings = await observeFindings(ports, scope, { candidate, previous });
  const observed = { ...(await observeGates(ports, scope, { candidate, authors: provenance.authors, previous })), findings, ...present({ after }) };
  const verdicts = evaluateGates(scope.target, candidate.kind, observed, ports.clock());
  const offer = { kind: 'candidate' as const, candidate, verdicts, authors: provenance.authors };
  return composed.files ? { ...offer, body: await describe(ports, scope, { ...composed, files: composed.files, verdicts }) } : offer;
}

async function describe(ports: ObservePorts, scope: LaneScope, composed: Composed & { readonly files: ComposedFiles; readonly verdicts: readonly Verdict[] }): Promise<string> {
  const { candidate, provenance, files, verdicts } = composed;
  const { lane, application } = scope;
  const shown = await showChanges(ports, scope.mirror, { application, onto: candidate.onto, head: candidate.head, ...files }).catch((error: unknown) => ({ changes: [], rendering: [], message: `no diff: ${messageOf(error)}` }));
  const id = `${lane.target}-${lane.application}-${candidate.digest.slice(0, 12)}`;
  return requestBody({
    promotion: { id: id as Promotion['id'], application: lane.application, from: scope.from.name, target: lane.target, attempt: scope.status?.attempt ?? 0, candidate, authors: provenance.authors, verdicts, ...present({ requester: scope.status?.requester }) },
    changes: shown.changes,
    rendering: shown.rendering,
    ...present({ diffMessage: shown.message }),
    commits: provenance.commits,
    ...present({ sources: sourcesNote(scope), moves: scope.moves, reason: candidate.kind === 'rollback' ? scope.status?.rollback?.reason : undefined }),
    promotionUrl: `${ports.settings.publicUrl}/promotions/${lane.repository}/${id}`,
  });
}

/** What a reader of the request has to know of the sources, where there are several. */
function sourcesNote({ target, from, sources, members }: LaneScope): BodyInput['sources'] {
  if (target.from.length < 2) return undefined;
  const each = members?.flatMap((member) => (member.sources ?? []).map((source) => ({ ...source, application: member.application }))) ?? [];
  const commits = each.length > 0 ? each : sources;
  return { taken: from.name, named: target.from, ...(commits && { commits }) };
}
