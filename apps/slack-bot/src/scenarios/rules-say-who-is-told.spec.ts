import { API } from '@sluice/contracts';
import { describeSlack, said, until } from './slack-world.fixture.js';

describeSlack('rules of a pipeline file', (world) => {
  beforeEach(() => world().slack.addChannel('C2', 'ops'));

  const list = (target: string) => world().sluice.call(API.notifications, { query: { target } });

  it('are told in a channel, once, and the server knows that they were', async () => {
    await world().sluice.call(API.testNotification, { body: { target: 'slack:C2' } });
    await until(() => world().slack.posts('C2').length > 0);
    await until(async () => (await list('slack:C2')).items.every(({ state }) => state === 'sent'));
    const posts = world().slack.posts('C2');
    expect(posts).toHaveLength(1);
    expect(posts.map(said).join()).toContain('Sluice: this is a test');
  });

  it('are not told again where the message of the promotion says so already', async () => {
    const shop = await world().shop({ roles: '  notifications:\n    - { on: [waiting-on-approval], to: ["slack:C1", "slack:C2"] }\n' });
    await shop.waiting();
    await until(() => world().slack.posts('C2').some((post) => said(post).includes('waiting on approval')), () => world().slack.posts().map(said).join('\n'));
    await until(async () => (await list('slack:C1')).items.length > 0 && (await list('slack:C1')).items.every(({ state }) => state === 'sent'));
    expect(world().slack.posts('C1').filter((post) => said(post).includes('waiting on approval'))).toEqual([]);
  });

  const test = (target: string) => world().sluice.call(API.testNotification, { body: { target } });
  const untilSent = (target: string) => until(async () => (await list(target)).items.length > 0 && (await list(target)).items.every(({ state }) => state === 'sent'), () => world().logged.slice(-5).join(''));
  const untilWaiting = (target: string, why: string) => until(async () => (await list(target)).items.some(({ state, lastError = '' }) => state === 'waiting' && lastError.includes(why)));
  const troubles = async () => (await world().sluice.call(API.slackBots)).items.find(({ team }) => team === 'T1')?.troubles ?? [];

  it('name a channel by its name: it is found among those that the bot is in, however many they are, and looked up once', async () => {
    await world().close();
    // the names stay known for longer than a busy machine takes for both messages
    await world().open({ pace: { named: 600_000 } });
    for (let index = 0; index < 250; index += 1) world().slack.addChannel(`CX${index}`, `other-${index}`);
    world().slack.addChannel('CLATE', 'late');
    world().slack.addChannel('GSECRET', 'secret', true, true);
    for (const target of ['slack:#late', 'slack:#secret']) await test(target);
    for (const target of ['slack:#late', 'slack:#secret']) await untilSent(target);
    expect(['CLATE', 'GSECRET'].map((id) => world().slack.posts(id).length)).toEqual([1, 1]);
    // two pages, and both names in them
    expect(world().slack.calls('users.conversations').length).toBe(2);
  });

  it('are not told in a channel that is named by its name what the message of the promotion says there already', async () => {
    const shop = await world().shop({ roles: '  notifications:\n    - { on: [waiting-on-approval], to: ["slack:#releases"] }\n' });
    await shop.waiting();
    await untilSent('slack:#releases');
    expect(world().slack.posts('C1').filter((post) => said(post).includes('waiting on approval'))).toEqual([]);
  });

  it('name a channel that is renamed: it is said what it is now, and told as soon as there is one of the name', async () => {
    await test('slack:#ops');
    await untilSent('slack:#ops');
    world().slack.workspace.channels.get('C2')!.name = 'operations';
    await new Promise((resolve) => setTimeout(resolve, 400));
    await test('slack:#ops');
    await untilWaiting('slack:#ops', '#ops is #operations by now: write that in the rule, or its id C2');
    expect(world().slack.posts('C2')).toHaveLength(1);
    expect((await troubles()).map(({ where, message }) => [where, message.includes('#operations')])).toEqual([['#ops', true]]);
  });

  it.each([
    ['archived', 'attic', () => (world().slack.addChannel('C3', 'attic'), (world().slack.workspace.channels.get('C3')!.archived = true))],
    ['private and without the bot', 'vault', () => world().slack.addChannel('G4', 'vault', false, true)],
    ['not there', 'nowhere', () => undefined],
  ])('name a channel that is %s: they wait, and say what to do', async (_, name, make) => {
    make();
    await test(`slack:#${name}`);
    await untilWaiting(`slack:#${name}`, `the bot is in no channel #${name} (or it is archived): invite it there`);
    expect(world().slack.calls('chat.postMessage')).toEqual([]);
  });

  it('name a channel by its name and the bot may not list channels: Slack itself knows the name', async () => {
    await world().close();
    await world().open({ double: { scopes: ['chat:write', 'users:read'] } });
    world().slack.addChannel('C5', 'fifth');
    await test('slack:#fifth');
    await until(() => world().slack.posts('C5').length > 0);
  });

  it('wait while Slack refuses the channel, and say why', async () => {
    await world().sluice.call(API.testNotification, { body: { target: 'slack:C999' } });
    await until(async () => (await list('slack:C999')).items.some(({ state, lastError = '' }) => state === 'waiting' && lastError.includes('channel_not_found')));
  });
});
