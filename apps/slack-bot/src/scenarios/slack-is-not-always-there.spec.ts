import { API } from '@sluice/contracts';
import { SlackDouble } from '@sluice/slack-double';
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
    expect(mine()).toHaveLength(1);
  });

  it('loses the answer to a message of a thread: it is not told again', async () => {
    const shop = await world().shop();
    const parent = await shop.waiting();
    const grace = await world().linked('grace');
    await world().idle();
    world().slack.faults.next('chat.postMessage', 'lost-answer', 1);
    await grace.click(parent, 'approve');
    await shop.untilPromotion(({ mergedAt }) => mergedAt !== undefined);
    await until(() => buttons(parent).length === 0 && world().slack.thread(parent).length > 0, () => said(parent));
    await until(() => world().slack.calls('conversations.replies').length > 0);
    await world().idle();
    const lines = world().slack.thread(parent).flatMap(({ text }) => text.split('\n'));
    expect(lines).toEqual([...new Set(lines)]);
  });

  it('loses the answer to a form that it has opened: the form is used all the same', async () => {
    const shop = await world().shop();
    const parent = await shop.waiting();
    const grace = await world().linked('grace');
    world().slack.faults.next('views.open', 'lost-answer', 1);
    await grace.click(parent, 'reject');
    await until(() => grace.modal()?.content.callback_id === 'reject', () => grace.modalText());
  });

  it('says 429 to a form: somebody waits as long as Slack says, and then sees it', async () => {
    await world().shop();
    const grace = await world().linked('grace');
    world().slack.faults.next('views.update', 'rate-limited', 2);
    await grace.command('');
    await until(() => grace.modal()?.content.callback_id === 'promote', () => grace.modalText());
    world().slack.faults.next('views.open', 'rate-limited', 1);
    await grace.command('');
    await until(() => toldTo(grace).includes('no more forms from me just now'), () => toldTo(grace));
  });

  it('is slow, two seconds a call: a form still opens while its trigger lives', async () => {
    await world().shop();
    const grace = await world().linked('grace');
    world().slack.faults.slow(2_000);
    await grace.command('');
    await until(() => grace.modal()?.content.callback_id === 'promote', () => grace.modalText());
    world().slack.faults.slow(0);
  });

  it.each(['token_revoked', 'account_inactive'])('takes the token no more (%s): operators see it, it is logged once, and what was to be told is told when it is taken again', async (word) => {
    const shop = await world().shop();
    const errors = () => world().logged.filter((text) => text.includes('"level":"error"') && text.includes(word));
    world().slack.faults.revoke(word);
    await shop.release('2.0');
    const { digest } = await shop.untilPromotion(waitsForApproval);
    await until(() => errors().length > 0);
    const troubles = async () => (await world().sluice.call(API.slackBots)).items.find(({ team }) => team === 'T1')?.troubles;
    await until(async () => (await troubles())?.some(({ where, reason }) => where === 'workspace' && reason === word));
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(errors()).toHaveLength(1);
    world().slack.faults.revoke();
    await world().untilParent('checkout', (message) => JSON.stringify(message.blocks).includes(digest));
    await until(async () => (await troubles())?.length === 0);
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
    await until(async () => (await world().sluice.call(API.slackBots)).items[0]?.troubles.some(({ where, reason }) => where === 'C1' && reason === 'is_archived'));
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

  it('without the scopes to look back, loses an answer: the message is posted again, and the log says which scope is missing', async () => {
    await world().close();
    await world().open({ double: { scopes: ['chat:write'] } });
    const shop = await world().shop();
    world().slack.faults.next('chat.postMessage', 'lost-answer', 1);
    const parent = await shop.waiting();
    const grace = await world().linked('grace');
    await grace.click(parent, 'approve');
    await shop.untilPromotion(({ mergedAt }) => mergedAt !== undefined);
    await until(() => world().logged.some((text) => text.includes('channels:history')), () => world().logged.slice(-20).join('\n'));
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
    const looks = () => ({ edits: parent.edits, thread: world().slack.thread(parent).length, posts: world().slack.posts().filter((post) => JSON.stringify(post.metadata) === JSON.stringify(parent.metadata)).length });
    let before = looks();
    // what belongs to the beginning of a promotion may still come
    await until(async () => {
      const last = before;
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      before = looks();
      return JSON.stringify(before) === JSON.stringify(last);
    });
    await world().stopBot();
    await world().startBot();
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(looks()).toEqual(before);
  });

  describe('two workspaces with a bot each', () => {
    let other: SlackDouble;
    beforeEach(async () => {
      other = await SlackDouble.start({ scale: 0.01, team: 'T2' });
      // channels of all workspaces have ids of their own
      other.addChannel('C2', 'releases');
      await world().startBotIn(other, 'C2');
    });
    afterEach(() => other.stop());

    it('are each told in messages of their own, and neither bot touches what the other has posted', async () => {
      const shop = await world().shop();
      await shop.waiting();
      await until(() => other.posts('C2').some((post) => buttons(post).includes('approve')));
      const grace = await world().linked('grace');
      const parent = await world().untilParent('checkout', (message) => buttons(message).includes('approve'));
      // promotions of the tests before are there as well
      const approved = () => [...world().slack.posts(), ...other.posts('C2')].filter((post) => said(post).includes('Approved by *grace*')).length;
      const before = approved();
      await grace.click(parent, 'approve');
      await until(() => approved() === before + 2, () => `${approved()} after ${before}`);
      for (const slack of [world().slack, other]) expect(slack.calls('chat.update').filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    });

    it('know nobody of each other: an account of one is nobody in the other, though its id is the same', async () => {
      await world().linked('grace');
      const impostor = other.user('UGRACE');
      await impostor.command('status', 'C2');
      await until(() => toldTo(impostor).includes('/sluice link CODE'), () => toldTo(impostor));
    });

    it('nor does somebody of another organisation in a shared channel act as whoever has the same id here', async () => {
      const shop = await world().shop();
      const parent = await shop.waiting();
      await world().linked('eve');
      const guest = world().slack.guest('UEVE', 'T9');
      await guest.click(parent, 'approve');
      await until(() => toldTo(guest).includes('/sluice link CODE'), () => toldTo(guest));
      expect((await shop.promotion())?.approvals).toEqual([]);
    });
  });
});
