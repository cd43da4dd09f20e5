import type { App, ViewSubmitAction } from '@slack/bolt';
import { InvalidInput } from '@sluice/kernel';
import { z } from 'zod';
import { line } from '../text/mrkdwn.js';
import { decodeDecision } from '../views/decision.js';
import { loadingView, messageView } from '../views/modals.js';
import { nameOf } from '../views/promotion-message.js';
import { accountOf, type Hands } from './hands.js';
import { showIn } from './in-modal.js';
import { once } from './once.js';

const place = z.object({ repository: z.string(), application: z.string(), environment: z.string() });

/** The modals that ask why. Acknowledged with a view that says so, which then shows what it came to. */
export function handleReasons(app: App, hands: Hands): void {
  app.view<ViewSubmitAction>('reject', async ({ ack, body }) => {
    await ack({ response_action: 'update', view: loadingView('Reject') });
    await submitted(hands, body, 'Reject', async () => {
      const decision = decodeDecision(body.view.private_metadata);
      if (!decision) throw new InvalidInput('this form is of another version of Sluice: open it again');
      const done = await hands.decide.run({ ...decision, action: 'reject', account: accountOf(body), reason: reasonOf(body) });
      return done ? `:no_entry: You have rejected *${line(nameOf(done))}*.` : 'That was done already.';
    });
  });
  app.view<ViewSubmitAction>('rollback', async ({ ack, body }) => {
    await ack({ response_action: 'update', view: loadingView('Roll back') });
    await submitted(hands, body, 'Roll back', async () => {
      const as = await hands.accounts.personOf(accountOf(body));
      return hands.answer.rollbackIn({ ...place.parse(JSON.parse(body.view.private_metadata)), reason: reasonOf(body) }, as);
    });
  });
}

/** Once for each submission, and in the modal it was made in. */
export async function submitted(hands: Hands, { view }: ViewSubmitAction, title: string, work: () => Promise<string>): Promise<void> {
  const show = (make: () => Promise<string>) => showIn(hands, { opened: { view_id: view.id }, title }, async () => messageView(title, await make()));
  await once(hands, `view:${view.id}:${view.hash}`, () => show(work), (text) => show(() => Promise.resolve(text)));
}

export function reasonOf({ view }: ViewSubmitAction): string {
  return view.state.values['reason']?.['reason']?.value?.trim() ?? '';
}
