import { applicationName, commitSha, digest, environmentName, promotionId } from '@sluice/kernel';
import { draftTitle, isAutomaticRollback, kindOfTitle, parseRollbackMessage, promotionBranch, promotionLane, promotionMessage, promotionTitle } from './title.js';

const [qa, checkout] = [environmentName('qa'), applicationName('checkout')];

describe('a title', () => {
  it.each(['change', 'record-only', 'adopt', 'rollback'] as const)('of a promotion of kind %s says which kind it is', (kind) => {
    expect(kindOfTitle(promotionTitle({ application: checkout, from: environmentName('dev'), target: qa, kind, source: commitSha('a'.repeat(40)) }))).toBe(kind);
  });

  it('of a rollback says whether the pipeline ordered it', () => {
    const title = (automatic: boolean): string => promotionTitle({ application: checkout, from: environmentName('dev'), target: qa, kind: 'rollback', source: commitSha('a'.repeat(40)), automatic });
    expect([isAutomaticRollback(title(true)), isAutomaticRollback(title(false)), isAutomaticRollback('Promote x (degraded)')]).toEqual([true, false, false]);
  });

  it('of several applications names all of them, and their release set', () => {
    const together = ['checkout', 'payment'].map(applicationName);
    const subject = { application: checkout, together, from: environmentName('dev'), target: qa, kind: 'change', source: commitSha('a'.repeat(40)) } as const;
    expect(promotionTitle(subject)).toBe('Promote checkout and payment to qa from dev@aaaaaaaaaa');
    expect(promotionTitle({ ...subject, set: 'shop-release' })).toBe('Promote shop-release (checkout, payment) to qa from dev@aaaaaaaaaa');
    expect(draftTitle(subject)).toBe('Resolve conflicts: checkout and payment to qa from dev@aaaaaaaaaa');
  });

  it.each(['', 'Promoted by hand', 'Merge branch dev', 'promote checkout'])('that is somebody else’s (%j) says nothing', (title) => {
    expect(kindOfTitle(title)).toBeUndefined();
  });
});

describe('the message of a rollback', () => {
  const subject = { application: checkout, from: environmentName('dev'), target: qa, kind: 'rollback', source: commitSha('a'.repeat(40)), id: promotionId('qa-checkout-1'), digest: digest('b'.repeat(64)), attempt: 3 } as const;

  it('says what it is, what it undoes and what it leaves, whatever the paths are called', () => {
    const notes = ['apps/cart/a: b.yaml', 'a "quoted" \n path'].map((path) => ({ path, field: 'all of it', value: '', message: 'brought as part of cart: not undone' }));
    const undoes = ['qa-checkout-0', 'qa-checkout-00'].map(promotionId);
    expect(parseRollbackMessage(promotionMessage({ ...subject, undoes, notUndone: notes }))).toEqual({ id: subject.id, digest: subject.digest, attempt: 3, undoes, notes });
    expect(parseRollbackMessage(promotionMessage(subject))).toEqual({ id: subject.id, digest: subject.digest, attempt: 3, undoes: [], notes: [] });
  });

  it.each([promotionMessage({ ...subject, kind: 'change' }), 'Roll back checkout', 'Roll back x\n\nSluice-Promotion: qa-checkout-1\nSluice-Digest: b\nSluice-Attempt: 1', ''])('is no other message (%#)', (message) => {
    expect(parseRollbackMessage(message)).toBeUndefined();
  });
});

describe('a branch', () => {
  it('of a lane names the lane', () => {
    expect(promotionLane(promotionBranch(qa, checkout))).toEqual({ target: qa, application: checkout });
  });

  it.each(['main', 'sluice/promote/qa', 'sluice/promote/qa/checkout/more', 'sluice/promote/QA/checkout', 'x/sluice/promote/qa/checkout'])('%s is no lane’s', (branch) => {
    expect(promotionLane(branch)).toBeUndefined();
  });
});
