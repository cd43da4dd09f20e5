import { APPROVED, BRANCH, conflictSteps, draft, fieldsInConflict, qa } from '../conflicts/draft.fixture.js';
import { describeWorlds } from '../describe-worlds.fixture.js';
import { CHECKOUT } from '../shop.fixture.js';
import type { Shop } from '../world.fixture.js';

const RESOLVED = qa({ tag: '2.0-fix', level: 'warn' });

// Design, "Principles": what somebody has decided in git is there whatever becomes of the database.
describeWorlds('after the database was lost, conflicts', (world) => {
  const { conflicted } = conflictSteps(world, 'squash');

  async function rebuilt(shop: Shop): Promise<readonly string[]> {
    await world().loseDatabase();
    const { notes } = await shop.rebuild();
    await shop.settle();
    return notes.filter((note) => note.startsWith('request'));
  }

  it('wait in the same draft, and are resolved there', async () => {
    const shop = await conflicted(APPROVED);
    const before = await draft(shop);
    expect(await rebuilt(shop)).toEqual([]);
    expect(await draft(shop)).toMatchObject({ number: before?.number, head: before?.head, draft: true });
    expect(await fieldsInConflict(shop)).toHaveLength(2);
    await shop.commit(BRANCH, { [CHECKOUT]: RESOLVED }, { as: 'bob' });
    await shop.settle();
    expect(await shop.current('checkout', 'qa')).toMatchObject({ change: { number: before?.number }, candidate: { resolvers: [{ person: 'bob' }] } });
  });

  it('are resolved by what was pushed before anybody had seen it', async () => {
    const shop = await conflicted(APPROVED);
    const before = await draft(shop);
    await shop.commit(BRANCH, { [CHECKOUT]: RESOLVED }, { as: 'bob' });
    await rebuilt(shop);
    expect(await shop.file(BRANCH, CHECKOUT)).toBe(RESOLVED);
    expect(await shop.current('checkout', 'qa')).toMatchObject({ state: 'open', change: { number: before?.number }, candidate: { resolvers: [{ person: 'bob' }] } });
  });

  it('that were resolved stay so, with the approvals that were given, and who resolved them may not approve', async () => {
    const shop = await conflicted(APPROVED.replace('required: 1', 'required: 2'));
    await shop.commit(BRANCH, { [CHECKOUT]: RESOLVED }, { as: 'bob' });
    await shop.settle();
    await shop.approve('checkout', 'qa', 'grace');
    const before = await shop.current('checkout', 'qa');
    expect(await rebuilt(shop)).toEqual([]);
    const after = await shop.current('checkout', 'qa');
    expect(after).toMatchObject({ id: before?.id, change: before?.change, candidate: { digest: before?.candidate.digest, head: before?.candidate.head, resolvers: [{ person: 'bob' }] }, verdicts: [{ gate: 'approvals', outcome: 'wait', message: '1 of 2 given' }] });
    await expect(shop.approve('checkout', 'qa', 'bob')).rejects.toThrow(/author/);
    await shop.approve('checkout', 'qa', 'eve');
    expect(await shop.file('qa', CHECKOUT)).toBe(RESOLVED);
  });
});
