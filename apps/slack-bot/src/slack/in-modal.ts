import type { ModalView } from '@slack/types';
import { Unavailable } from '@sluice/kernel';
import { SORRY, sayFailure } from '../act/say.js';
import { TooLate } from '../act/too-late.js';
import { loadingView, messageView } from '../views/modals.js';
import type { Hands } from './hands.js';

/** Opens a modal at once, while its trigger lives, and shows in it what the work comes to, or why it came to nothing. */
export async function inModal(hands: Pick<Hands, 'client' | 'log'>, of: { readonly trigger: string; readonly title: string }, work: () => Promise<ModalView>): Promise<void> {
  const id = await open(hands, of);
  await showIn(hands, { id, title: of.title }, work);
}

/** Puts what the work comes to into a modal that is open. */
export async function showIn({ client, log }: Pick<Hands, 'client' | 'log'>, { id, title }: { readonly id: string; readonly title: string }, work: () => Promise<ModalView>): Promise<void> {
  const view = await work().catch((error: unknown) => {
    const said = sayFailure(error);
    if (said === undefined) log.error({ err: error }, 'what somebody asked for in Slack could not be done');
    return messageView(title, said ?? SORRY);
  });
  await client.views.update({ view_id: id, view }).catch((error: unknown) => {
    // closed meanwhile: nobody looks
    if (wordOf(error) !== 'not_found') throw error;
  });
}

async function open({ client }: Pick<Hands, 'client'>, { trigger, title }: { readonly trigger: string; readonly title: string }): Promise<string> {
  try {
    const { view } = await client.views.open({ trigger_id: trigger, view: loadingView(title) });
    return view?.id ?? '';
  } catch (error) {
    const word = wordOf(error);
    if (word === 'expired_trigger_id' || word === 'exchanged_trigger_id') throw new TooLate('Slack heard from me too late to open a form. Please try again.');
    throw word === undefined ? new Unavailable('Slack does not answer', { cause: error }) : error;
  }
}

function wordOf(error: unknown): string | undefined {
  const { data } = error as { readonly data?: { readonly error?: unknown } };
  return typeof data?.error === 'string' ? data.error : undefined;
}
