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

  it('wait while Slack refuses the channel, and say why', async () => {
    await world().sluice.call(API.testNotification, { body: { target: 'slack:C999' } });
    await until(async () => (await list('slack:C999')).items.some(({ state, lastError = '' }) => state === 'waiting' && lastError.includes('channel_not_found')));
  });
});
