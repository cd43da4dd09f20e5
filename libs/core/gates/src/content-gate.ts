import type { ContentGate } from '@sluice/pipeline';
import type { Verdict } from '@sluice/promotion';
import type { Finding } from './findings.js';
import type { GateObservations } from './observations.js';
import { evaluateHttpGate } from './http-gate.js';
import { evaluateImagesGate } from './images-gate.js';
import { keptVerdict } from './kept-verdict.js';
import { evaluatePolicyGate } from './policy-gate.js';
import { evaluateSecretsGate } from './secrets-gate.js';
import { evaluateSignatureGate } from './signature-gate.js';
import type { Judgement } from './verdicts.js';

const NOT_LOOKED: Judgement = { outcome: 'wait', message: 'what would be promoted has not been looked at yet', clearedBy: 'Sluice, when the request is open' };

/** A gate over what would be promoted: its verdict holds for exactly one digest. */
export function evaluateContentGate(gate: ContentGate, observed: Pick<GateObservations, 'findings' | 'previous'>): Judgement {
  const bound = observed.findings?.[gate.name];
  if (!bound) return NOT_LOOKED;
  if ('kept' in bound) return keptJudgement(keptVerdict(gate.name, bound.boundTo, observed.previous));
  const judgement = judge(gate, bound.finding);
  return { ...judgement, evidence: { ...judgement.evidence, boundTo: bound.boundTo } };
}

function judge(gate: ContentGate, finding: Finding): Judgement {
  if (finding.kind === 'unfound') return unfound(finding);
  switch (gate.type) {
    case 'policy':
      return finding.kind === 'policy' ? evaluatePolicyGate(gate, finding) : NOT_LOOKED;
    case 'secrets':
      return finding.kind === 'secrets' ? evaluateSecretsGate(gate, finding) : NOT_LOOKED;
    case 'signature':
      return finding.kind === 'signatures' ? evaluateSignatureGate(finding) : NOT_LOOKED;
    case 'http':
      return finding.kind === 'http' ? evaluateHttpGate(gate, finding) : NOT_LOOKED;
    case 'images':
      return finding.kind === 'images' ? evaluateImagesGate(finding) : NOT_LOOKED;
  }
}

function unfound({ message, final }: Extract<Finding, { kind: 'unfound' }>): Judgement {
  if (final) return { outcome: 'fail', message, clearedBy: 'a change of the content or of the gate' };
  return { outcome: 'wait', message, clearedBy: 'Sluice, which looks again' };
}

function keptJudgement(verdict: Verdict | undefined): Judgement {
  if (!verdict) return NOT_LOOKED;
  const { gate: _gate, type: _type, since: _since, ...judgement } = verdict;
  return judgement;
}
