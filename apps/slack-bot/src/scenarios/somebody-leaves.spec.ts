import { API } from '@sluice/contracts';
import { describeSlack, toldTo, until } from './slack-world.fixture.js';

describeSlack('somebody leaves the workspace', (world) => {
  const links = async () => (await world().sluice.call(API.slackLinks, { token: world().tokenOfBot, query: { team: 'T1' } })).items.map(({ person }) => String(person));
  const untilUnlinked = (person: string) => until(async () => !(await links()).includes(person), () => world().logged.slice(-5).join(''));
  const audited = async (person: string) => (await world().sluice.call(API.audit, { query: { action: 'slack-account.unlink', limit: 10 } })).items.filter(({ entry }) => entry.place.person === person).map(({ entry }) => entry);
  const troubles = async () => (await world().sluice.call(API.slackBots)).items.find(({ team }) => team === 'T1')?.troubles ?? [];

  it('and Slack tells of it: their account is nobody’s any more, and why stands in the audit; others stay linked', async () => {
    await world().linked('grace');
    await world().linked('eve');
    await world().slack.deactivate('UGRACE');
    await untilUnlinked('grace');
    expect(await links()).toEqual(['eve']);
    expect(await audited('grace')).toMatchObject([{ door: 'slack', who: { name: 'slack-bot' }, before: { team: 'T1', user: 'UGRACE' }, why: 'Slack says that it is deactivated' }]);
  });

  it.each(['deactivated', 'not known any more'])('while the bot is away: it finds the account %s when it is back', async (how) => {
    await world().linked('grace');
    await world().stopBot();
    if (how === 'deactivated') await world().slack.deactivate('UGRACE', { unheard: true });
    else world().slack.workspace.users.delete('UGRACE');
    expect(await links()).toContain('grace');
    await world().startBot();
    await untilUnlinked('grace');
  });

  it('between opening App Home and being shown it: nothing is tried again, and the account is nobody’s any more', async () => {
    const grace = await world().linked('grace');
    const opened = grace.openHome();
    await world().slack.deactivate('UGRACE', { unheard: true });
    await opened;
    await untilUnlinked('grace');
    expect(world().slack.calls('views.publish').map(({ outcome }) => outcome)).toEqual(['user_not_found']);
    expect(world().logged.filter((text) => text.includes('"level":"error"'))).toEqual([]);
  });

  it('and comes back: they link their account again', async () => {
    await world().linked('grace');
    await world().slack.deactivate('UGRACE');
    await untilUnlinked('grace');
    world().slack.workspace.deactivated.delete('UGRACE');
    const grace = await world().linked('grace');
    await grace.command('why');
    await until(() => !toldTo(grace).includes('/sluice link CODE') && grace.told().length > 1, () => toldTo(grace));
    expect(await links()).toContain('grace');
  });

  it('but people whose names or pictures change stay who they are', async () => {
    const grace = await world().linked('grace');
    await world().slack.deliverEvent({ type: 'user_change', user: { id: 'UGRACE', team_id: 'T1', name: 'graceful', deleted: false }, cache_ts: 1, event_ts: '1.000001' });
    await grace.command('help');
    await until(() => toldTo(grace).includes('What you can ask'));
    expect(await links()).toContain('grace');
  });

  it('and the bot may not read users: operators are told that it cannot see who has left', async () => {
    await world().close();
    await world().open({ double: { scopes: ['chat:write', 'channels:history', 'channels:read', 'groups:read'] } });
    await until(async () => (await troubles()).some(({ where, reason, message }) => where === 'people' && reason === 'missing_scope' && message.includes('users:read')));
    const grace = await world().linked('grace');
    await grace.command('help');
    await until(() => toldTo(grace).includes('What you can ask'));
    expect(await links()).toContain('grace');
  });
});
