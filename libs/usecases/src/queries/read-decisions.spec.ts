import { repositoryId } from '@sluice/kernel';
import type { Promotion } from '@sluice/promotion';
import type { Approval, Repository } from '../ports/index.js';
import { withDecisions } from './read-decisions.js';
import type { WhyItem } from './read-why.js';

const REPOSITORY = { id: repositoryId('shop'), remote: { credential: 'github' } } as unknown as Repository;

function item(id: string, state: string, digest = 'd1'): WhyItem {
  return { promotion: { id, state, candidate: { digest } } as unknown as Promotion } as WhyItem;
}

function approval(person: string, promotion = 'prod-1', digest = 'd1'): Approval {
  return { repository: 'shop', person, promotion, digest, decision: 'approved' } as unknown as Approval;
}

const NOTES = new Map([
  ['written-review:shop:prod-1:grace:approved', '{"login":"grace-h"}'],
  ['written-review:shop:prod-1:eve:approved', '{"notOwn":"the forge does not take the token"}'],
]);

async function decisions(items: readonly WhyItem[], { repository = REPOSITORY, approvals = [approval('grace'), approval('eve'), approval('bob'), approval('grace', 'prod-1', 'd0')] } = {}) {
  const asked: unknown[] = [];
  const ports = { approvals: { ofPromotions: (_: unknown, ids: unknown) => (asked.push(ids), Promise.resolve(approvals)) }, memory: { get: (key: string) => Promise.resolve(NOTES.get(key)) } };
  const said = (await withDecisions(ports, repository, items)).map((each) => each.decisions?.map(({ person, written }) => [person, written]));
  return { asked, said };
}

describe('what people have decided about something that waits', () => {
  it('is said with how it stands on the forge, and of the content of now only', async () => {
    const { asked, said } = await decisions([item('prod-1', 'open'), { ...item('prod-2', 'rolling-out', 'd2') }, {} as WhyItem]);
    expect(said).toEqual([[['grace', { login: 'grace-h' }], ['eve', { notOwn: 'the forge does not take the token' }], ['bob', undefined]], undefined, undefined]);
    expect(asked).toEqual([['prod-1']]);
  });

  it('is not asked for where nothing is open, or the forge is our own', async () => {
    const { remote: _, ...own } = REPOSITORY;
    expect(await decisions([item('prod-1', 'live')])).toEqual({ asked: [], said: [undefined] });
    expect(await decisions([item('prod-1', 'open')], { repository: own })).toEqual({ asked: [], said: [undefined] });
  });
});
