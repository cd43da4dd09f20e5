import type { App, BlockAction, ButtonAction, RespondFn } from '@slack/bolt';
import { API } from '@sluice/contracts';
import { InvalidInput } from '@sluice/kernel';
import { line } from '../text/mrkdwn.js';
import { decodeDecision, type Decision } from '../views/decision.js';
import { messageView, rejectView } from '../views/modals.js';
import { isDecided, nameOf } from '../views/promotion-message.js';
import { accountOf, type Hands } from './hands.js';
import { inModal } from './in-modal.js';
import { publishHome } from './handle-home.js';
import { once } from './once.js';
import { toOne } from './to-one.js';

/** Approve and Reject, in a channel, in an answer to a command, or in App Home. */
export function handleActions(app: App, hands: Hands): void {
  app.action<BlockAction<ButtonAction>>({ type: 'block_actions', action_id: 'approve' }, async ({ ack, body, action, respond }) => {
    await ack();
    await once(hands, clickOf(body, action), () => approve(hands, body, action, respond), (text) => tell(hands, body, respond, text));
  });
  app.action<BlockAction<ButtonAction>>({ type: 'block_actions', action_id: 'reject' }, async ({ ack, body, action, respond }) => {
    await ack();
    await once(hands, clickOf(body, action), () => askWhy(hands, body, action), (text) => tell(hands, body, respond, text));
  });
}

/** The same click however often it is delivered; another click is another one. */
function clickOf({ trigger_id: trigger }: BlockAction, { action_id: action }: ButtonAction): string {
  return `action:${action}:${trigger}`;
}

/** Only whoever clicked sees it; in App Home, where there is no channel, by a direct message. */
function tell(hands: Hands, body: BlockAction, respond: RespondFn, text: string): Promise<unknown> {
  return body.response_url === undefined || body.response_url === '' ? toOne(hands, accountOf(body), () => hands.client.chat.postMessage({ channel: body.user.id, text })) : respond({ response_type: 'ephemeral', replace_original: false, text });
}

function decisionOf({ value }: ButtonAction): Decision {
  const decision = decodeDecision(value);
  if (!decision) throw new InvalidInput('this button is of another version of Sluice: use a newer message');
  return decision;
}

// the parameters are what Bolt gives a listener
async function approve(hands: Hands, body: BlockAction, action: ButtonAction, respond: RespondFn): Promise<void> {
  const account = accountOf(body);
  const done = await hands.decide.run({ ...decisionOf(action), action: 'approve', account });
  if (!done) return;
  await tell(hands, body, respond, `:white_check_mark: You have approved *${line(nameOf(done))}*.`);
  if (body.view?.type === 'home') await publishHome(hands, account);
}

async function askWhy(hands: Hands, body: BlockAction, action: ButtonAction): Promise<void> {
  const decision = decisionOf(action);
  await inModal(hands, { trigger: body.trigger_id, title: 'Reject' }, async () => {
    const as = await hands.accounts.personOf(accountOf(body));
    const detail = await hands.api.call(API.promotion, { params: { repository: decision.repository, promotion: decision.promotion }, as });
    if (isDecided(detail.state)) return messageView('Reject', `There is nothing to reject any more: *${line(nameOf(detail))}* is ${detail.state}.`);
    return rejectView(decision, nameOf(detail));
  });
}
