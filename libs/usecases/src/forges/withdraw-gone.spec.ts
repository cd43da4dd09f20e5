import { commitSha, digest, instant, personName, promotionId, repositoryId } from '@sluice/kernel';
import type { Promotion } from '@sluice/promotion';
import type { Approval, Review } from '../ports/index.js';
import { passingMemory } from './passing-memory.js';
import { noteCounted, withdrawGone } from './withdraw-gone.js';

const GRACE = personName('grace');
const [HEAD, OTHER] = ['1', '2'].map((digit) => commitSha(digit.repeat(40))) as [ReturnType<typeof commitSha>, ReturnType<typeof commitSha>];
const PROMOTION = { repository: repositoryId('shop'), id: promotionId('prod-checkout-1'), state: 'open', candidate: { digest: digest('d'.repeat(64)), head: HEAD }, change: { number: 7, url: 'https://git.example.org/7' } } as unknown as Promotion;
const GIVEN: Approval = { repository: PROMOTION.repository, promotion: PROMOTION.id, digest: PROMOTION.candidate.digest, person: GRACE, decision: 'approved', comment: '', door: 'forge', at: instant(1) };
const REVIEW: Review = { id: '1', person: GRACE, login: 'Grace-H', state: 'approved', commit: HEAD, body: '', at: instant(1) };

async function withdrawn({ approval = GIVEN, promotion = PROMOTION, reviews = [], counted = HEAD }: { readonly approval?: Approval; readonly promotion?: Promotion; readonly reviews?: readonly Review[]; readonly counted?: typeof HEAD | undefined } = {}) {
  const [gone, said, acts]: [string[], string[], string[]] = [[], [], []];
  const ports = {
    memory: passingMemory(),
    approvals: { of: () => Promise.resolve([approval]), withdraw: (_repository: string, _digest: string, person: string) => Promise.resolve(void gone.push(person)) },
    events: { append: ({ type }: { readonly type: string }) => Promise.resolve(void said.push(type)) },
    audit: { append: ({ action }: { readonly action: string }) => Promise.resolve(void acts.push(action)) },
    transactions: { run: <T>(work: () => Promise<T>) => work() },
  } as unknown as Parameters<typeof withdrawGone>[0];
  await noteCounted(ports, { ...promotion, candidate: { ...promotion.candidate, head: counted } }, approval.person);
  await withdrawGone(ports, promotion, reviews);
  return { gone, said, acts };
}

describe('an approval that was given on a forge', () => {
  it('counts no more when it is there no more, which is said and recorded', async () => {
    expect(await withdrawn()).toEqual({ gone: ['grace'], said: ['review.withdrawn'], acts: ['promotion.withdraw-approval'] });
  });

  it.each<[string, Parameters<typeof withdrawn>[0]]>([
    ['it is still there', { reviews: [REVIEW] }],
    ['it is there as Sluice wrote it down, after the database was lost', { reviews: [{ ...REVIEW, login: undefined }] }],
    ['it was given for an earlier commit of the same content', { counted: OTHER }],
    ['it was given by another door', { approval: { ...GIVEN, door: 'dashboard' } }],
    ['it is a rejection', { approval: { ...GIVEN, decision: 'rejected' } }],
    ['the forge is merging', { promotion: { ...PROMOTION, state: 'merging' } }],
  ])('stays when %s', async (_, given) => {
    expect((await withdrawn(given)).gone).toEqual([]);
  });

  it('counts no more when only that of another person, or for another commit, is there', async () => {
    expect((await withdrawn({ reviews: [{ ...REVIEW, person: personName('eve') }, { ...REVIEW, commit: OTHER }, { ...REVIEW, state: 'commented' }] })).gone).toEqual(['grace']);
  });
});
