import { describeSlack, toldTo, until } from './slack-world.fixture.js';

describeSlack(
  'Slack tells the bot over HTTP',
  (world) => {
    const help = () => {
      const user = world().slack.user('U1');
      const body = { token: 'legacy', team_id: 'T1', team_domain: 'double', channel_id: 'C1', channel_name: 'releases', user_id: 'U1', user_name: 'u1', command: '/sluice', text: 'help', api_app_id: 'A1', is_enterprise_install: 'false', response_url: `${world().slack.url}/response/none`, trigger_id: user.trigger() };
      return { type: 'slash_commands' as const, body };
    };

    it('what somebody types, and signs it', async () => {
      const somebody = world().slack.user('U1');
      expect(await somebody.command('help')).toMatchObject({ status: 200 });
      await until(() => toldTo(somebody).includes('What you can ask'));
    });

    it('of App Home, and tells it again when the bot was too slow: it is made once', async () => {
      const grace = await world().linked('grace');
      await grace.openHome(3);
      await until(() => grace.homeText() !== '');
      expect(world().slack.calls('views.publish')).toHaveLength(1);
    });

    it('what somebody clicks', async () => {
      const grace = await world().linked('grace');
      await grace.openHome();
      await until(() => grace.homeText() !== '');
      await grace.clickHome('start');
      await until(() => grace.modalText() !== '');
    });

    it.each([
      ['a signature that is wrong', { signature: `v0=${'0'.repeat(64)}` }],
      ['no signature worth the name', { signature: 'v0=' }],
      ['a request that is older than five minutes', { age: 301 }],
      ['a request that is more than five minutes in the future', { age: -310 }],
      ['a body that is another than the one that was signed', { body: 'command=%2Fsluice&text=approve' }],
    ])('and is not believed with %s', async (_, tampering) => {
      const { ok, status } = (await world().http?.post(help(), undefined, tampering)) ?? {};
      expect(ok).toBe(false);
      expect(status).toBe(401);
      expect(world().slack.user('U1').told()).toEqual([]);
    });

    it.each([301, -310])('and its log says so when the clocks differ by more than five minutes (%s s)', async (age) => {
      await world().http?.post(help(), undefined, { age });
      expect(world().logged.some((text) => text.includes('must differ from system time by no more than 5 minutes'))).toBe(true);
    });

    it.each([240, -240])('and is believed with a request of four minutes ago, or ahead (%s s): its clock may be slow or fast', async (age) => {
      expect(await world().http?.post(help(), undefined, { age })).toMatchObject({ status: 200 });
    });

    it('and what somebody has recorded and sends again does nothing', async () => {
      const grace = await world().linked('grace');
      const before = grace.told().length;
      const trigger = grace.trigger();
      for (let times = 0; times < 3; times += 1) expect(await grace.command('help', 'C1', trigger)).toMatchObject({ status: 200 });
      await until(() => grace.told().length > before);
      await new Promise((resolve) => setTimeout(resolve, 500));
      expect(grace.told()).toHaveLength(before + 1);
    });
  },
  { mode: 'http' },
);
