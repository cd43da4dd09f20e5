import type { App } from '@slack/bolt';
import { messageOf } from '@sluice/kernel';
import type { Hands } from './hands.js';

/** Slack tells whenever something about somebody has changed: only that they are gone is of interest. */
export function handlePeople(app: App, { people, log }: Hands): void {
  app.event('user_change', async ({ event: { user }, body }) => {
    if (!user.deleted) return;
    // it is found by the next look at all accounts
    await people.gone({ team: user.team_id ?? body.team_id, user: user.id }).catch((error: unknown) => log.warn({ reason: messageOf(error) }, 'account that is deactivated could not be reported'));
  });
}
