import { describeSlack, until } from './slack-world.fixture.js';

/** Milliseconds for all of them: a minute and a half where nothing else runs. */
const PATIENCE = 400_000;
const MANY = Array.from({ length: 200 }, (_, index) => `app-${index}`);

describeSlack('two hundred promotions at once', (world) => {
  it('are each told in a message of their own, and Slack never has to say that it is too much', async () => {
    const shop = await world().shop({ applications: MANY });
    await shop.release('2.0', { applications: MANY });
    const told = () => new Set(world().slack.posts().flatMap(({ metadata }) => (metadata ? [metadata.event_payload['promotion']] : [])));
    await until(() => told().size >= MANY.length, () => `${told().size} told`, PATIENCE);
    expect(world().slack.calls().filter(({ outcome }) => outcome === 'ratelimited')).toEqual([]);
    expect(world().slack.posts().filter(({ metadata }) => metadata !== undefined)).toHaveLength(told().size);
  }, PATIENCE + 20_000);
});
