import { createHash } from 'node:crypto';
import type { ModalView } from '@slack/types';
import { SORRY, sayFailure } from '../act/say.js';
import { TooLate } from '../act/too-late.js';
import { slackFailureOf, wordOf } from '../publish/slack-failure.js';
import { loadingView, messageView } from '../views/modals.js';
import type { Hands } from './hands.js';
import { whenTaken } from './when-taken.js';

/** A modal on somebody's screen: as Slack names it, or as we do where we never heard its name. */
type Opened = { readonly view_id: string } | { readonly external_id: string };

/** Opens a modal at once, while its trigger lives, and shows in it what the work comes to, or why it came to nothing. */
export async function inModal(hands: Pick<Hands, 'client' | 'log'>, of: { readonly trigger: string; readonly title: string }, work: () => Promise<ModalView>): Promise<void> {
  const opened = await open(hands, of);
  await showIn(hands, { opened, title: of.title }, work);
}

/** Puts what the work comes to into a modal that is open. */
export async function showIn({ client, log }: Pick<Hands, 'client' | 'log'>, { opened, title }: { readonly opened: Opened; readonly title: string }, work: () => Promise<ModalView>): Promise<void> {
  const view = await work().catch((error: unknown) => {
    const said = sayFailure(error);
    if (said === undefined) log.error({ err: error }, 'what somebody asked for in Slack could not be done');
    return messageView(title, said ?? SORRY);
  });
  await whenTaken(() => client.views.update({ ...opened, view })).catch((error: unknown) => {
    // closed meanwhile: nobody looks
    if (wordOf(error) !== 'not_found') throw error;
  });
}

async function open({ client }: Pick<Hands, 'client'>, { trigger, title }: { readonly trigger: string; readonly title: string }): Promise<Opened> {
  const external_id = `sluice-${createHash('sha256').update(trigger).digest('hex').slice(0, 40)}`;
  try {
    const { view } = await client.views.open({ trigger_id: trigger, view: { ...loadingView(title), external_id } });
    return { view_id: view?.id ?? '' };
  } catch (error) {
    const word = wordOf(error);
    // by ourselves, and the answer was lost: it is open
    if (word === 'exchanged_trigger_id' || word === 'duplicate_external_id') return { external_id };
    if (word === 'expired_trigger_id') throw new TooLate('Slack heard from me too late to open a form. Please try again.');
    if (slackFailureOf(error)?.kind === 'wait') throw new TooLate('Slack takes no more forms from me just now. Please try again in a minute.');
    throw word === undefined ? new TooLate('Slack does not answer me just now, so nothing was done. Please try again.') : error;
  }
}
