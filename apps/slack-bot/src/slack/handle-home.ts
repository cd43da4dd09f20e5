import type { App, BlockAction } from '@slack/bolt';
import { messageOf } from '@sluice/kernel';
import type { Account } from '../act/accounts.js';
import { SORRY, sayFailure } from '../act/say.js';
import { waitingFor } from '../act/waiting-for.js';
import { homeMessage, homeView } from '../views/home-view.js';
import { accountOf, type Hands } from './hands.js';
import { once } from './once.js';
import { toOne } from './to-one.js';

/** App Home: what waits on whoever looks. */
export function handleHome(app: App, hands: Hands): void {
  app.event('app_home_opened', async ({ event, body }) => {
    if (event.tab !== 'home') return;
    const account = { team: body.team_id, user: event.user };
    await once(hands, `event:${body.event_id}`, () => publishHome(hands, account), (text) => hands.client.views.publish({ user_id: event.user, view: homeMessage(text) }));
  });
  app.action<BlockAction>({ type: 'block_actions', action_id: 'refresh' }, async ({ ack, body }) => {
    await ack();
    await publishHome(hands, accountOf(body)).catch((error: unknown) => hands.log.warn({ reason: messageOf(error) }, 'App Home could not be shown'));
  });
}

export async function publishHome(hands: Hands, account: Account): Promise<void> {
  const { api, accounts, client, log } = hands;
  const view = await accounts
    .personOf(account)
    .then(async (person) => homeView(await waitingFor(api, person), person))
    .catch((error: unknown) => {
      const said = sayFailure(error);
      if (said === undefined) log.error({ err: error }, 'App Home could not be made');
      return homeMessage(said ?? SORRY);
    });
  await toOne(hands, account, () => client.views.publish({ user_id: account.user, view }));
}
