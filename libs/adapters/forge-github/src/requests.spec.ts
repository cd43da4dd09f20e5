import { Conflict, InvalidInput, Unsupported } from '@sluice/kernel';
import type { StoredRequest } from '@sluice/forge-doubles';
import { openedRequest, sharedGithub, SHOP } from './github.fixture.js';

describe('a pull request on GitHub', () => {
  const there = sharedGithub();
  const { person, stored } = there;

  it('that a person marks as ready is ready by that person', async () => {
    const { number } = await openedRequest(there.world, { draft: true });
    expect(await there.world.changes.get(SHOP, number)).toMatchObject({ draft: true });
    there.world.ahead += 1_000;
    there.world.shop.setDraft(stored(number), false, person('Grace-H'));
    expect(await there.world.changes.get(SHOP, number)).toMatchObject({ draft: false, readyBy: 'Grace-H' });
  });

  it('is asked about its draft again when nobody remembers it', async () => {
    const { number } = await openedRequest(there.world, { draft: true });
    there.world.shop.setDraft(stored(number), false, person('grace'));
    await there.world.memory.forget('');
    expect(await there.world.changes.get(SHOP, number)).toMatchObject({ readyBy: 'grace' });
  });

  it('that a person closes, opens again, retargets and renames is read as it is', async () => {
    const { number } = await openedRequest(there.world);
    await there.world.shop.setBranch('elsewhere', await there.world.shop.git.head('main'), person('ada'));
    there.world.shop.close(stored(number), person('ada'));
    expect(await there.world.changes.get(SHOP, number)).toMatchObject({ state: 'closed', closedBy: 'ada' });
    there.world.shop.reopen(stored(number), person('ada'));
    there.world.shop.edit(stored(number), { target: 'elsewhere', title: 'By hand', body: '' }, person('ada'));
    const shown = await there.world.changes.get(SHOP, number);
    expect(shown).toMatchObject({ state: 'open', targetBranch: 'elsewhere', title: 'By hand', body: '' });
    expect(shown).not.toHaveProperty('closedBy');
    there.world.ahead += 1_000;
    there.world.shop.close(stored(number), person('grace'));
    expect(await there.world.changes.get(SHOP, number)).toMatchObject({ state: 'closed', closedBy: 'grace' });
  });

  it('that a person merges is merged by that person', async () => {
    const { number, head } = await openedRequest(there.world);
    const merged = await there.world.shop.merge(stored(number), { method: 'squash', by: person('linus'), message: 'By hand', isGood: () => true });
    expect(await there.world.changes.get(SHOP, number)).toMatchObject({ state: 'merged', mergedBy: 'linus', mergeCommit: merged.kind === 'merged' ? merged.commit : '' });
    expect((await there.world.changes.list(SHOP, { state: 'merged', limit: 1 }))[0]).toMatchObject({ number, mergedBy: 'linus' });
    expect(await there.world.changes.merge(SHOP, number, { expectedHead: head, by: 'ada' })).toMatchObject({ kind: 'merged' });
    await expect(there.world.changes.close(SHOP, number, { by: 'ada' })).rejects.toThrow(Conflict);
  });

  it('that is pushed onto its target by hand is merged, and one without its branch is closed', async () => {
    const [pushed, gone] = [await openedRequest(there.world), await openedRequest(there.world)];
    await there.world.shop.setBranch('main', pushed.head, person('ada'));
    await there.world.shop.setBranch(gone.branch, undefined, person('ada'));
    expect(await there.world.changes.get(SHOP, pushed.number)).toMatchObject({ state: 'merged', mergedBy: 'ada' });
    expect(await there.world.changes.get(SHOP, gone.number)).toMatchObject({ state: 'closed', head: gone.head });
  });

  it('needs two branches and something between them', async () => {
    const request = { title: 'x', body: '', sourceBranch: 'main', targetBranch: 'main', draft: false };
    await expect(there.world.changes.open(SHOP, request)).rejects.toThrow(InvalidInput);
    await there.world.shop.setBranch('same', await there.world.shop.git.head('main'), person('ada'));
    await expect(there.world.changes.open(SHOP, { ...request, sourceBranch: 'same' })).rejects.toThrow(/No commits between main and same/);
  });

  it('has a title and a text that GitHub takes', async () => {
    const { number, branch } = await openedRequest(there.world);
    await there.world.changes.close(SHOP, number, { by: 'ada' });
    const opened = await there.world.changes.open(SHOP, { title: `${'t'.repeat(300)}\nsecond line`, body: `${'b'.repeat(65_400)}${'😀'.repeat(200)}`, sourceBranch: branch, targetBranch: 'main', draft: false });
    expect(opened.title).toHaveLength(256);
    expect(opened.body.length).toBeLessThanOrEqual(65_536);
    expect(opened.body).toMatch(/cut: the text is longer than GitHub takes\)$/);
    expect(opened.body).not.toMatch(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])/);
  });

  it('is open where a draft would be wanted and the plan has none', async () => {
    there.world.github.state.draftsSupported = false;
    const { number } = await openedRequest(there.world, { draft: true });
    expect(await there.world.changes.get(SHOP, number)).toMatchObject({ draft: false });
    await expect(there.world.changes.update(SHOP, number, { draft: true })).rejects.toThrow(Unsupported);
    there.world.github.state.draftsSupported = true;
  });

  it('says in comments who did what in Sluice', async () => {
    const { number } = await openedRequest(there.world, { draft: true });
    await there.world.changes.update(SHOP, number, { draft: false, by: 'grace' });
    await there.world.changes.close(SHOP, number, { by: 'ada', comment: 'Not now' });
    const texts = there.world.shop.comments.filter(({ request }) => request === number).map(({ body }) => body);
    expect(texts).toEqual([expect.stringContaining('**Marked as ready by grace in Sluice**'), expect.stringMatching(/\*\*Closed by ada in Sluice\*\*\n\nNot now$/)]);
  });

  it('is listed with many others, page after page', async () => {
    for (let count = 0; count < 3; count += 1) await openedRequest(there.world);
    const template = [...there.world.shop.requests.values()].at(-1) as StoredRequest;
    for (let number = template.number + 1; number <= template.number + 120; number += 1) there.world.shop.requests.set(number, { ...template, id: 90_000 + number, number, state: 'closed', ended: { by: person('ada'), at: 0 } });
    there.world.calls();
    const open = await there.world.changes.list(SHOP, { state: 'open', limit: 2, before: template.number + 100 });
    expect(open.map(({ number }) => number)).toEqual([template.number, template.number - 1]);
    const old = await there.world.changes.list(SHOP, { state: 'closed', limit: 2, before: template.number + 3 });
    expect(old.map(({ number }) => number)).toEqual([template.number + 2, template.number + 1]);
    expect(there.world.calls()).toMatchObject({ 'GET /repos/{owner}/{repo}/pulls': 3 });
  });
});
