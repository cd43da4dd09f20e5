import { API } from '@sluice/contracts';
import { textOf } from '@sluice/slack-double';
import { APPROVED, buttons, describeSlack, said, toldTo, until, waitsForApproval, type SlackShop } from './slack-world.fixture.js';

describeSlack('somebody asks Sluice in Slack', (world) => {
  let shop: SlackShop | undefined;
  /** One for all: most of what is asked changes nothing. */
  const sharedShop = async (): Promise<SlackShop> => (shop ??= await world().shop());
  const hears = (user: Parameters<typeof toldTo>[0], text: string | RegExp) => until(() => (typeof text === 'string' ? toldTo(user).includes(text) : text.test(toldTo(user))), () => toldTo(user));

  it('for help, and is told every command', async () => {
    const somebody = world().slack.user('U1');
    await somebody.command('help');
    await hears(somebody, '/sluice freeze qa 2h');
  });

  it('for what there is not, and is told what there is', async () => {
    const somebody = world().slack.user('U1');
    await somebody.command('dance');
    await hears(somebody, /no command “dance”[\s\S]*\/sluice promote/);
  });

  it('to link an account with a wrong code, and is told so', async () => {
    const somebody = world().slack.user('U2');
    await somebody.command('link AAAAAAAA');
    await hears(somebody, 'wrong, was used already or is older than 10 minutes');
  });

  it('to link an account with a code that somebody else has used', async () => {
    const code = await world().code('grace');
    const grace = world().slack.user('UGRACE');
    await grace.command(`link ${code}`);
    await hears(grace, 'You are *grace*');
    const thief = world().slack.user('UTHIEF');
    await thief.command(`link ${code}`);
    await hears(thief, 'used already');
    await thief.command('status');
    await hears(thief, '/sluice link CODE');
  });

  it('to be forgotten, and is asked to link the account again', async () => {
    const grace = await world().linked('grace');
    await grace.command('unlink');
    await hears(grace, 'does not know any more');
    await grace.command('status');
    await hears(grace, '/sluice link CODE');
  });

  it('which version is where', async () => {
    await sharedShop();
    const grace = await world().linked('grace');
    await grace.command('status checkout');
    await hears(grace, /\*checkout\* in \*qa\*/);
  });

  it('for an application that there is not, and is told which there are', async () => {
    await sharedShop();
    const grace = await world().linked('grace');
    await grace.command('promote chekout qa');
    await hears(grace, /no application chekout: there are .*checkout/);
  });

  it('why something does not move', async () => {
    const own = await world().shop({ applications: ['cart'] });
    await own.release('2.0', { applications: ['cart'] });
    await own.untilPromotion(waitsForApproval, 'cart');
    const grace = await world().linked('grace');
    await grace.command('why cart qa');
    await hears(grace, /cart → qa[\s\S]*approvals/);
  });

  it('to promote what is in sync, and is told that there is nothing to do', async () => {
    const own = await sharedShop();
    const grace = await world().linked('grace');
    await grace.command(`promote ${own.id}/checkout qa`);
    await hears(grace, ':information_source:');
  });

  it('to freeze an environment for two hours, and it is frozen until then, for that reason, by them', async () => {
    const own = await sharedShop();
    const grace = await world().linked('grace');
    await grace.command(`freeze ${own.id}/qa 2h “incident 42”`);
    await hears(grace, ':ice_cube:');
    const { items } = await world().sluice.call(API.freezes, { params: { repository: own.id } });
    expect(items).toEqual([expect.objectContaining({ environment: 'qa', reason: 'incident 42', by: 'grace', until: expect.any(String) })]);
  });

  it('to freeze without a reason, and is told how it is done', async () => {
    const grace = await world().linked('grace');
    await grace.command('freeze qa 2h');
    await hears(grace, 'freeze ENVIRONMENT DURATION "REASON"');
  });

  it('with nothing but /sluice: the form says what it would bring, and promotes', async () => {
    const own = await world().shop({ applications: ['web'], qa: '' });
    const grace = await world().linked('grace');
    await grace.command('');
    const form = await until(() => (grace.modal()?.content.callback_id === 'promote' ? grace.modal() : undefined), () => grace.modalText());
    await grace.choose(form, 'application', `${own.id}/web`);
    await grace.choose(form, 'target', 'qa');
    await until(() => textOf(form.content.blocks).includes('web → qa'), () => grace.modalText());
    grace.fill(form, 'reason', 'because');
    await grace.submit(form);
    await until(() => form.content.callback_id !== 'promote' && !grace.modalText().includes('One moment'), () => grace.modalText());
    expect(grace.modalText()).toMatch(/:information_source:|:rocket:/);
  });

  it('by the shortcut, and gets the same form', async () => {
    await sharedShop();
    const grace = await world().linked('grace');
    await grace.shortcut('promote');
    await until(() => grace.modal()?.content.callback_id === 'promote', () => grace.modalText());
  });

  it('by the form without saying where to, and is told at the field', async () => {
    const own = await sharedShop();
    const grace = await world().linked('grace');
    await grace.command('');
    const form = await until(() => (grace.modal()?.content.callback_id === 'promote' ? grace.modal() : undefined));
    grace.fill(form, 'application', `${own.id}/checkout`);
    await grace.submit(form);
    expect(form.errors).toEqual({ target: 'choose where to' });
    expect(form.open).toBe(true);
  });

  it('by the form without having linked an account, and is told how to', async () => {
    const stranger = world().slack.user('USTRANGER');
    await stranger.command('');
    await until(() => stranger.modalText().includes('/sluice link CODE'), () => stranger.modalText());
  });

  it('when Slack’s trigger has run out, and is asked to try again', async () => {
    const grace = await world().linked('grace');
    world().slack.expireTriggers();
    await grace.command('');
    await hears(grace, 'Please try again');
  });

  it('what waits for them, in App Home, and approves there', async () => {
    const own = await world().shop({ applications: ['home'] });
    await own.release('2.0', { applications: ['home'] });
    await own.untilPromotion(waitsForApproval, 'home');
    const grace = await world().linked('grace');
    await grace.openHome();
    await until(() => grace.homeText().includes('home → qa'), () => grace.homeText());
    const before = (grace.homeText().match(/ → qa/g) ?? []).length;
    await grace.clickHome('approve', before - 1);
    await until(() => toldTo(grace).includes('You have approved'), () => toldTo(grace));
  });

  it('for App Home without having linked an account, and is told how to', async () => {
    const stranger = world().slack.user('USTRANGER');
    await stranger.openHome();
    await until(() => stranger.homeText().includes('/sluice link CODE'));
  });

  it('for App Home once, which Slack tells three times: it is made once', async () => {
    const grace = await world().linked('grace');
    await grace.openHome(3);
    await until(() => grace.homeText() !== '');
    expect(world().slack.calls('views.publish')).toHaveLength(1);
  });

  it('to reject, and is asked why: the reason is in the record and in the message', async () => {
    const own = await world().shop();
    const parent = await own.waiting();
    const grace = await world().linked('grace');
    await grace.click(parent, 'reject');
    const form = await until(() => (grace.modal()?.content.callback_id === 'reject' ? grace.modal() : undefined), () => grace.modalText());
    grace.fill(form, 'reason', 'too early');
    await grace.submit(form);
    await until(() => said(parent).includes('Rejected by *grace*: too early') && buttons(parent).length === 0, () => said(parent));
    await until(() => grace.modalText().includes('You have rejected'));
    expect((await own.promotion())?.approvals).toEqual([expect.objectContaining({ decision: 'rejected', comment: 'too early', door: 'slack' })]);
  });

  it('to reject what has changed under the form, and is told to look again', async () => {
    const own = await world().shop();
    const parent = await own.waiting();
    const grace = await world().linked('grace');
    await grace.click(parent, 'reject');
    const form = await until(() => (grace.modal()?.content.callback_id === 'reject' ? grace.modal() : undefined));
    const before = await own.promotion();
    await own.release('3.0');
    await own.untilPromotion((detail) => waitsForApproval(detail) && detail.digest !== before?.digest);
    grace.fill(form, 'reason', 'too early');
    await grace.submit(form);
    await until(() => /:arrows_counterclockwise:|:lock:|:grey_question:/.test(grace.modalText()), () => grace.modalText());
    expect((await own.promotion())?.state).toBe('open');
  });

  it('to reject by a command without a reason, and is asked for it', async () => {
    const own = await world().shop();
    await own.waiting();
    const grace = await world().linked('grace');
    await grace.command(`reject ${own.id}/checkout qa`);
    const form = await until(() => (grace.modal()?.content.callback_id === 'reject' ? grace.modal() : undefined), () => grace.modalText());
    grace.fill(form, 'reason', 'not today');
    await grace.submit(form);
    await own.untilPromotion(({ state }) => state === 'rejected');
  });

  it('to approve by a command what the channel shows', async () => {
    const own = await world().shop();
    await own.waiting();
    const grace = await world().linked('grace');
    await grace.command(`approve ${own.id}/checkout qa`);
    await hears(grace, 'You have approved');
    expect((await own.promotion())?.approvals).toHaveLength(1);
  });

  it('to approve by a command what they have approved already: it counts once, and they are told so', async () => {
    const own = await world().shop({ qa: APPROVED.replace('required: 1', 'required: 2') });
    await own.waiting();
    const grace = await world().linked('grace');
    await grace.command(`approve ${own.id}/checkout qa`);
    await hears(grace, 'You have approved');
    await grace.command(`approve ${own.id}/checkout qa`);
    await hears(grace, 'You have done that already');
    expect((await own.promotion())?.approvals).toHaveLength(1);
  });

  it('to freeze everything where there are several repositories, and is told what to write', async () => {
    await sharedShop();
    await world().shop({ applications: ['other'] });
    const grace = await world().linked('grace');
    await grace.command('freeze all 1d12h "database move"');
    await hears(grace, /several repositories have that: write .*`shop-\d+\/all`/);
  });

  it('to roll back, and is asked why', async () => {
    const own = await world().shop();
    const parent = await own.waiting();
    const grace = await world().linked('grace');
    await grace.click(parent, 'approve');
    await own.untilPromotion(({ mergedAt }) => mergedAt !== undefined);
    await grace.command(`rollback ${own.id}/checkout qa`);
    const form = await until(() => (grace.modal()?.content.callback_id === 'rollback' ? grace.modal() : undefined), () => grace.modalText());
    grace.fill(form, 'reason', 'it burns');
    await grace.submit(form);
    await until(() => grace.modalText().includes(':rewind:') || /:arrows_counterclockwise:/.test(grace.modalText()), () => grace.modalText());
    expect(grace.modalText()).toContain(':rewind:');
  });
});
