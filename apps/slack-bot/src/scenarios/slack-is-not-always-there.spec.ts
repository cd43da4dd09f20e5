import { API } from '@sluice/contracts';
import { APPROVED, buttons, describeSlack, said, toldTo, until, waitsForApproval } from './slack-world.fixture.js';

describeSlack('Slack is not always there', (world) => {
  it('goes away for an hour: nothing is lost, and what happened meanwhile is told once, as it is then', async () => {
    const shop = await world().shop({ qa: APPROVED.replace('required: 1', 'required: 2') });
    const parent = await shop.waiting();
    world().slack.setDown(true);
    const detail = await shop.promotion();
    for (const name of ['grace', 'eve']) await world().sluice.call(API.approve, { token: world().tokenOf(name), params: { repository: shop.id, promotion: detail?.id ?? '' }, body: { digest: detail?.digest } });
    await shop.untilPromotion(({ mergedAt }) => mergedAt !== undefined);
    const edits = parent.edits;
    world().slack.setDown(false);
    await until(() => said(parent).includes('Approved by *grace*') && said(parent).includes('Approved by *eve*') && buttons(parent).length === 0, () => said(parent));
    expect(parent.edits - edits).toBeLessThanOrEqual(3);
    await world().slack.socket.connected();
    const grace = await world().linked('grace');
    await grace.command('help');
    await until(() => toldTo(grace).includes('What you can ask'));
  });

  it('goes away before a promotion is told: it is told when Slack is back', async () => {
    const shop = await world().shop();
    world().slack.setDown(true);
    await shop.release('2.0');
    await shop.untilPromotion(waitsForApproval);
    world().slack.setDown(false);
    const { digest } = (await shop.promotion())!;
    await world().untilParent('checkout', (message) => JSON.stringify(message.blocks).includes(digest));
  });

  it('loses answers: the message is found again, and people are told in it', async () => {
    const shop = await world().shop({ applications: ['lost'] });
    world().slack.faults.next('chat.postMessage', 'lost-answer', 3);
    await shop.release('2.0', { applications: ['lost'] });
    const detail = await shop.untilPromotion(waitsForApproval, 'lost');
    const mine = () => world().slack.posts().filter((post) => post.metadata?.event_payload['promotion'] === detail.id);
    await until(() => mine().some((post) => buttons(post).includes('approve')));
    const grace = await world().linked('grace');
    await grace.click(mine().at(-1)!, 'approve');
    await until(() => mine().some((post) => said(post).includes('Approved by *grace*')), () => mine().map(said).join('\n'));
    // the library itself repeats a call whose answer was lost, before anybody could look
    expect(mine().length).toBeLessThanOrEqual(3);
  });

  it('says 429: the bot waits as long as Slack says, and goes on', async () => {
    const shop = await world().shop();
    world().slack.faults.next('chat.postMessage', 'rate-limited', 1);
    await shop.waiting();
    expect(world().slack.calls('chat.postMessage').some(({ outcome }) => outcome === 'ratelimited')).toBe(true);
  });

  it('answers with 503 now and then: what was to be told is told', async () => {
    const shop = await world().shop();
    world().slack.faults.next('chat.postMessage', 'server-error', 5);
    await shop.waiting();
  });

  it('ends the connection, as it does now and then: the bot comes back and hears', async () => {
    const grace = await world().linked('grace');
    world().slack.socket.refresh();
    await world().slack.socket.connected();
    await grace.command('help');
    await until(() => toldTo(grace).includes('What you can ask'));
  });

  it('has lost a message, which somebody deleted: what waits for a decision is told again', async () => {
    const shop = await world().shop({ qa: APPROVED.replace('required: 1', 'required: 2') });
    const parent = await shop.waiting();
    const grace = await world().linked('grace');
    const click = grace.clickOn(parent, 'approve');
    parent.deleted = true;
    await grace.press(click);
    const again = await world().untilParent('checkout', (message) => message.ts !== parent.ts && said(message).includes('Approved by *grace*'));
    expect(buttons(again)).toContain('approve');
  });

  it('has archived a channel: the bot waits until it is there again', async () => {
    const channel = world().slack.workspace.channels.get('C1')!;
    channel.archived = true;
    const shop = await world().shop();
    await shop.release('2.0');
    await shop.untilPromotion(waitsForApproval);
    await until(() => world().logged.some((text) => text.includes('is_archived')));
    channel.archived = false;
    const { digest } = (await shop.promotion())!;
    await world().untilParent('checkout', (message) => JSON.stringify(message.blocks).includes(digest));
  });

  it('has a channel that the bot was not invited to: as soon as it is, it tells', async () => {
    const channel = world().slack.workspace.channels.get('C1')!;
    channel.member = false;
    const shop = await world().shop();
    await shop.release('2.0');
    await shop.untilPromotion(waitsForApproval);
    await until(() => world().logged.some((text) => text.includes('not_in_channel')));
    channel.member = true;
    const { digest } = (await shop.promotion())!;
    await world().untilParent('checkout', (message) => JSON.stringify(message.blocks).includes(digest));
  });
});

describeSlack('the bot is not always there', (world) => {
  it('is restarted in between: the same message goes on, and what happened meanwhile is in it', async () => {
    const shop = await world().shop({ qa: APPROVED.replace('required: 1', 'required: 2') });
    const parent = await shop.waiting();
    await world().stopBot();
    const detail = (await shop.promotion())!;
    await world().sluice.call(API.approve, { token: world().tokenOf('eve'), params: { repository: shop.id, promotion: detail.id }, body: { digest: detail.digest } });
    await world().startBot();
    await until(() => said(parent).includes('Approved by *eve*'), () => said(parent));
    const grace = await world().linked('grace');
    await grace.click(parent, 'approve');
    await until(() => buttons(parent).length === 0 && said(parent).includes('Approved by *grace*'), () => said(parent));
    expect(world().slack.posts().filter((post) => JSON.stringify(post.metadata ?? {}).includes(detail.id))).toHaveLength(1);
  });

  it('is started again when nothing has happened: nothing is posted or edited', async () => {
    const shop = await world().shop();
    const parent = await shop.waiting();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await world().idle();
    await world().stopBot();
    const looks = () => ({ edits: parent.edits, thread: world().slack.thread(parent).length, posts: world().slack.posts().filter((post) => JSON.stringify(post.metadata) === JSON.stringify(parent.metadata)).length });
    const before = looks();
    await world().startBot();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(looks()).toEqual(before);
  });
});
