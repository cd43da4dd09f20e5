import { applicationName, environmentName, objectSha, promotionId, repositoryId } from '@sluice/kernel';
import { computeDigest } from './digest.js';
import type { DigestInput, DigestMember } from './digest.js';
import { sha } from './promotion.fixture.js';

const INPUT: DigestInput = {
  repository: repositoryId('shop'),
  pipeline: 'shop',
  application: applicationName('checkout'),
  source: environmentName('dev'),
  sourceCommit: sha('a'),
  target: environmentName('qa'),
  previous: promotionId('qa-checkout-000000000000'),
  attempt: 0,
  targetContent: objectSha('b'.repeat(40)),
  resultContent: objectSha('c'.repeat(40)),
  usesContent: objectSha('d'.repeat(40)),
  rules: 'rules',
};

describe('the digest', () => {
  it('is the same for the same inputs', () => {
    expect(computeDigest({ ...INPUT })).toBe(computeDigest(INPUT));
  });

  const { previous: _previous, ...first } = INPUT;
  it.each<[string, DigestInput]>([
    ['repository', { ...INPUT, repository: repositoryId('other') }],
    ['pipeline', { ...INPUT, pipeline: 'other' }],
    ['application', { ...INPUT, application: applicationName('cart') }],
    ['source environment', { ...INPUT, source: environmentName('staging') }],
    ['source commit', { ...INPUT, sourceCommit: sha('e') }],
    ['target environment', { ...INPUT, target: environmentName('prod') }],
    ['previous promotion', { ...INPUT, previous: promotionId('qa-checkout-999999999999') }],
    ['absence of a previous promotion', first],
    ['attempt', { ...INPUT, attempt: 1 }],
    ['target content', { ...INPUT, targetContent: objectSha('e'.repeat(40)) }],
    ['result content', { ...INPUT, resultContent: objectSha('e'.repeat(40)) }],
    ['used content', { ...INPUT, usesContent: objectSha('e'.repeat(40)) }],
    ['rules', { ...INPUT, rules: 'other rules' }],
  ])('changes with the %s', (_what, input) => {
    expect(computeDigest(input)).not.toBe(computeDigest(INPUT));
  });
});

describe('the digest of several applications', () => {
  const member = (name: string, fields: Partial<DigestMember> = {}): DigestMember => ({ application: applicationName(name), sourceCommit: sha('a'), targetContent: objectSha('b'.repeat(40)), resultContent: objectSha('c'.repeat(40)), ...fields });
  const members = [member('checkout'), member('payment')];

  it('is another one than that of the first alone, whatever order they come in', () => {
    expect(computeDigest({ ...INPUT, members })).not.toBe(computeDigest(INPUT));
    expect(computeDigest({ ...INPUT, members: [...members].reverse() })).toBe(computeDigest({ ...INPUT, members }));
  });
  it.each<[string, Partial<DigestMember>]>([
    ['source commit', { sourceCommit: sha('e') }],
    ['previous promotion', { previous: promotionId('qa-payment-999999999999') }],
    ['target content', { targetContent: objectSha('e'.repeat(40)) }],
    ['result content', { resultContent: objectSha('e'.repeat(40)) }],
  ])('changes with the %s of any of them', (_, fields) => {
    expect(computeDigest({ ...INPUT, members: [member('checkout'), member('payment', fields)] })).not.toBe(computeDigest({ ...INPUT, members }));
  });
  it('changes with who they are', () => {
    expect(computeDigest({ ...INPUT, members: [member('checkout'), member('cart')] })).not.toBe(computeDigest({ ...INPUT, members }));
  });
});
