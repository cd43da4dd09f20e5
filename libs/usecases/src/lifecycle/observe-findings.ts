import { settledVerdict } from '@sluice/gates';
import type { BoundFinding, Finding } from '@sluice/gates';
import { isContentGate } from '@sluice/pipeline';
import type { ContentGate } from '@sluice/pipeline';
import { hashOf } from '@sluice/promotion';
import type { Candidate, Verdict } from '@sluice/promotion';
import type { FindingPorts, FindingScope } from './finding-scope.js';
import { observeHttp } from './observe-http.js';
import { observeImages } from './observe-images.js';
import { observePolicy } from './observe-policy.js';
import { observeSecrets } from './observe-secrets.js';
import { observeSignatures } from './observe-signatures.js';

interface Judged {
  readonly candidate: Candidate;
  readonly previous: readonly Verdict[];
}

/** Looks at what would be promoted, for each gate that judges it. What is settled for this candidate and this rule is not looked at again. */
export async function observeFindings(ports: FindingPorts, scope: FindingScope, { candidate, previous }: Judged): Promise<Readonly<Record<string, BoundFinding>>> {
  if (candidate.kind === 'record-only') return {};
  const gates = scope.target.gates.filter(isContentGate);
  const found = gates.map(async (gate): Promise<[string, BoundFinding]> => {
    const boundTo = hashOf([candidate.digest, { ...gate }]);
    const settled = isSettled(gate, settledVerdict(gate.name, boundTo, previous));
    const finding = settled ? undefined : await observe(ports, scope, gate, { candidate, boundTo, previous });
    return [gate.name, finding ? { boundTo, finding } : { boundTo, kept: true }];
  });
  return Object.fromEntries(await Promise.all(found));
}

/** A missing image may be pushed later; what else was found of a candidate stays so. */
function isSettled(gate: ContentGate, verdict: Verdict | undefined): boolean {
  return gate.type === 'images' ? verdict?.outcome === 'pass' : verdict !== undefined;
}

/** Undefined: what was found before still stands. */
function observe(ports: FindingPorts, scope: FindingScope, gate: ContentGate, judged: Judged & { readonly boundTo: string }): Promise<Finding | undefined> {
  const { candidate } = judged;
  switch (gate.type) {
    case 'policy':
      return observePolicy(ports, scope, gate, candidate);
    case 'secrets':
      return observeSecrets(ports, scope, candidate);
    case 'signature':
      return observeSignatures(ports, scope, gate, candidate);
    case 'images':
      return observeImages(ports, scope, gate, judged);
    case 'http':
      return observeHttp(ports, scope, gate, judged);
  }
}
