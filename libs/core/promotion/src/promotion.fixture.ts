import { applicationName, commitSha, digest, environmentName, instant, objectSha, promotionId, repositoryId } from '@sluice/kernel';
import type { Candidate, Promotion } from './model.js';

export const sha = (letter: string) => commitSha(letter.repeat(40));
export const NOW = instant(1_700_000_000_000);

/** A candidate with everything filled in; tests name what matters to them. */
export function aCandidate(fields: Partial<Candidate> = {}): Candidate {
  return {
    kind: 'change',
    source: sha('a'),
    base: sha('b'),
    origin: sha('a'),
    digest: digest('1'.repeat(64)),
    fingerprint: digest('2'.repeat(64)),
    head: sha('c'),
    onto: sha('d'),
    targetContent: objectSha('e'.repeat(40)),
    resultContent: objectSha('f'.repeat(40)),
    inputsKey: 'key',
    notes: [],
    changedPaths: ['apps/checkout/deployment.yaml'],
    ...fields,
  };
}

export function aPromotion(fields: Partial<Promotion> = {}): Promotion {
  return {
    id: promotionId('qa-checkout-111111111111'),
    repository: repositoryId('shop'),
    application: applicationName('checkout'),
    from: environmentName('dev'),
    target: environmentName('qa'),
    state: 'open',
    attempt: 0,
    candidate: aCandidate(),
    authors: [],
    verdicts: [],
    timeline: [],
    createdAt: NOW,
    updatedAt: NOW,
    version: 1,
    ...fields,
  };
}
