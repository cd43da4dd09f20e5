import { APPROVED, buttons, describeSlack, said, toldTo, until, waitsForApproval } from './slack-world.fixture.js';

describeSlack('a promotion in a channel', (world) => {
  it('is told in one message with buttons, which is edited in place when somebody approves, and its progress is in its thread', async () => {
    const shop = await world().shop();
    const parent = await shop.waiting();
    expect(said(parent)).toContain('checkout → qa');
    expect(said(parent)).toContain('approvals');
    const grace = await world().linked('grace');
    await grace.click(parent, 'approve');
    await shop.untilPromotion(({ mergedAt }) => mergedAt !== undefined);
    await until(() => buttons(parent).length === 0 && said(parent).includes('Approved by *grace*'), () => said(parent));
    expect(world().slack.posts().filter((post) => JSON.stringify(post.metadata) === JSON.stringify(parent.metadata))).toHaveLength(1);
    await until(() => world().slack.thread(parent).length > 0);
    expect((await shop.promotion())?.approvals).toEqual([expect.objectContaining({ person: 'grace', door: 'slack' })]);
    expect(toldTo(grace)).toContain('You have approved');
  });

  it('is approved by both of two who click at the same time', async () => {
    const shop = await world().shop({ qa: APPROVED.replace('required: 1', 'required: 2') });
    const parent = await shop.waiting();
    const [grace, eve] = [await world().linked('grace'), await world().linked('eve')];
    await Promise.all([grace.click(parent, 'approve'), eve.click(parent, 'approve')]);
    await shop.untilPromotion(({ mergedAt }) => mergedAt !== undefined);
    await until(() => said(parent).includes('Approved by *grace*') && said(parent).includes('Approved by *eve*'));
  });

  it('is not approved by its author, who is told why', async () => {
    const shop = await world().shop();
    const parent = await shop.waiting('2.0', 'bob');
    const bob = await world().linked('bob');
    await bob.click(parent, 'approve');
    await until(() => toldTo(bob).includes('author'), () => toldTo(bob));
    expect((await shop.promotion())?.approvals).toEqual([]);
    expect(buttons(parent)).toContain('approve');
  });

  it('is not approved by somebody whom Sluice does not know: they are told how to link their account', async () => {
    const shop = await world().shop();
    const parent = await shop.waiting();
    const stranger = world().slack.user('USTRANGER');
    await stranger.click(parent, 'approve');
    await until(() => toldTo(stranger).includes('/sluice link CODE'));
    expect((await shop.promotion())?.approvals).toEqual([]);
  });

  it('is not approved by somebody who may not: they are told who may', async () => {
    const shop = await world().shop({ qa: '      approvals: { required: 1, from: [group:release-managers] }' });
    const parent = await shop.waiting();
    const eve = await world().linked('eve');
    await eve.click(parent, 'approve');
    await until(() => toldTo(eve).includes('release-managers'), () => toldTo(eve));
    expect((await shop.promotion())?.approvals).toEqual([]);
  });

  it('counts a double click once', async () => {
    const shop = await world().shop({ qa: APPROVED.replace('required: 1', 'required: 2') });
    const parent = await shop.waiting();
    const grace = await world().linked('grace');
    await Promise.all([grace.click(parent, 'approve'), grace.click(parent, 'approve')]);
    await until(() => said(parent).includes('Approved by *grace*'));
    expect((await shop.promotion())?.approvals).toHaveLength(1);
    expect(toldTo(grace).match(/You have approved/g)).toHaveLength(1);
  });

  it('counts a click once that Slack delivers three times', async () => {
    const shop = await world().shop({ qa: APPROVED.replace('required: 1', 'required: 2') });
    const parent = await shop.waiting();
    const grace = await world().linked('grace');
    const click = grace.clickOn(parent, 'approve');
    for (let times = 0; times < 3; times += 1) expect(await grace.press(click)).toEqual({ ok: true });
    await until(() => said(parent).includes('Approved by *grace*'));
    expect((await shop.promotion())?.approvals).toHaveLength(1);
    expect(toldTo(grace).match(/You have approved/g)).toHaveLength(1);
  });

  it('is not approved by a click on content that has changed since: the message shows what it is now', async () => {
    const shop = await world().shop();
    const parent = await shop.waiting();
    const grace = await world().linked('grace');
    const late = grace.clickOn(parent, 'approve');
    const before = await shop.promotion();
    await shop.release('3.0');
    await shop.untilPromotion((detail) => waitsForApproval(detail) && detail.digest !== before?.digest);
    await grace.press(late);
    await until(() => /changed since|superseded|it is /.test(toldTo(grace)), () => toldTo(grace));
    expect((await shop.promotion())?.approvals).toEqual([]);
  });
});
