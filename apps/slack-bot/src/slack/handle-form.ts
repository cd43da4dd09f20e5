import type { App, BlockAction, ViewSubmitAction } from '@slack/bolt';
import { API, type Plan } from '@sluice/contracts';
import { messageOf } from '@sluice/kernel';
import type { Account } from '../act/accounts.js';
import { sayFailure } from '../act/say.js';
import { loadingView, promoteView, type PromoteChoice } from '../views/modals.js';
import { accountOf, type Hands } from './hands.js';
import { reasonOf, submitted } from './handle-reasons.js';
import { inModal } from './in-modal.js';
import { once } from './once.js';
import { toOne } from './to-one.js';
import { whenTaken } from './when-taken.js';

/** The form: what, where to, what it would bring, and why. By `/sluice`, by shortcut, or from App Home. */
export function handleForm(app: App, hands: Hands): void {
  app.shortcut('promote', async ({ ack, body }) => {
    await ack();
    await once(hands, `shortcut:${body.trigger_id}`, () => openForm(hands, accountOf(body), body.trigger_id), (text) => toOne(hands, accountOf(body), () => hands.client.chat.postMessage({ channel: body.user.id, text })));
  });
  app.action<BlockAction>({ type: 'block_actions', action_id: 'start' }, async ({ ack, body }) => {
    await ack();
    await once(hands, `start:${body.trigger_id}`, () => openForm(hands, accountOf(body), body.trigger_id), (text) => toOne(hands, accountOf(body), () => hands.client.chat.postMessage({ channel: body.user.id, text })));
  });
  const newest = new Map<string, string>();
  for (const action_id of ['application', 'target']) {
    app.action<BlockAction>({ type: 'block_actions', action_id }, async ({ ack, body }) => {
      await ack();
      await showPlan(hands, body, newest).catch((error: unknown) => hands.log.warn({ reason: messageOf(error) }, 'plan could not be shown'));
    });
  }
  app.view<ViewSubmitAction>('promote', async ({ ack, body }) => {
    const { application, target } = choiceIn(body.view);
    if (application === undefined || target === undefined) return ack({ response_action: 'errors', errors: application === undefined ? { application: 'choose what to promote' } : { target: 'choose where to' } });
    // a plan that is still being made must not come over what it came to
    newest.delete(body.view.id);
    await ack({ response_action: 'update', view: loadingView('Promote') });
    const [repository = '', name = ''] = application.split('/');
    await submitted(hands, body, 'Promote', async () => hands.answer.promoteIn({ repository, application: name, environment: target, reason: reasonOf(body) }, await hands.accounts.personOf(accountOf(body))));
  });
}

/** A loading view at once, the form as soon as it is known what there is. */
export function openForm(hands: Hands, account: Account, trigger: string): Promise<void> {
  return inModal(hands, { trigger, title: 'Promote' }, async () => {
    await hands.accounts.personOf(account);
    return promoteView(await hands.places.all(), {}, undefined);
  });
}

function choiceIn({ state }: Pick<ViewSubmitAction['view'], 'state'>): PromoteChoice {
  const chosen = (id: string): string | undefined => state.values[id]?.[id]?.selected_option?.value;
  const application = chosen('application');
  const target = chosen('target');
  return { ...(application !== undefined && { application }), ...(target !== undefined && { target }) };
}

/** As soon as both are chosen, the form says what would come of it. `newest`: the last choice in each form, since an older one must not overwrite it when its plan takes longer. */
async function showPlan(hands: Hands, body: BlockAction, newest: Map<string, string>): Promise<void> {
  const { view, trigger_id: choosing } = body;
  if (!view) return;
  newest.set(view.id, choosing);
  try {
    const { application, target } = choiceIn(view);
    if (application === undefined || target === undefined) return;
    const plan = await planOf(hands, { application, target }, accountOf(body));
    const places = await hands.places.all();
    if (newest.get(view.id) === choosing) await whenTaken(() => hands.client.views.update({ view_id: view.id, view: promoteView(places, { application, target }, plan) }));
  } finally {
    if (newest.get(view.id) === choosing) newest.delete(view.id);
  }
}

async function planOf({ api, accounts }: Hands, { application, target }: Required<PromoteChoice>, account: Account): Promise<Plan | string> {
  const [repository, name] = application.split('/');
  try {
    return await api.call(API.plan, { body: { repository, application: name, environment: target }, as: await accounts.personOf(account) });
  } catch (error) {
    return sayFailure(error) ?? 'What it would bring cannot be said now.';
  }
}
