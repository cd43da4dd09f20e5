import type { PromotionDetail } from '@sluice/contracts';
import type { HomeView, KnownBlock } from '@slack/types';
import { line, link, mrkdwn, plain } from '../text/mrkdwn.js';
import { decisionButtons, nameOf, section } from './promotion-message.js';

const SHOWN = 30;

/** What waits on somebody: two blocks each, and Slack takes a hundred. */
export function homeView(waiting: readonly PromotionDetail[], person: string): HomeView {
  const items = waiting.slice(0, SHOWN).flatMap((detail, index): KnownBlock[] => [section(`*${line(nameOf(detail))}*\n${link(detail.change?.url, line(detail.title))}\n${line(detail.waitsFor ?? '')}`), { ...decisionButtons(detail, true), block_id: `decide-${index}` }]);
  const more = waiting.length > SHOWN ? [section(`… and ${waiting.length - SHOWN} more`)] : [];
  return {
    type: 'home',
    blocks: [
      { type: 'header', text: plain('Waiting for you', 150) },
      section(waiting.length === 0 ? 'Nothing waits for your approval.' : `${waiting.length} ${waiting.length === 1 ? 'promotion waits' : 'promotions wait'} for your approval.`),
      { type: 'actions', elements: [{ type: 'button', action_id: 'refresh', text: plain('Refresh', 75), value: 'home' }, { type: 'button', action_id: 'start', text: plain('Promote…', 75), value: 'promote' }] },
      { type: 'divider' },
      ...items,
      ...more,
      { type: 'context', elements: [mrkdwn(`You are *${line(person)}* in Sluice.`)] },
    ],
  };
}

export function homeMessage(text: string): HomeView {
  return { type: 'home', blocks: [section(text), { type: 'actions', elements: [{ type: 'button', action_id: 'refresh', text: plain('Refresh', 75), value: 'home' }] }] };
}
