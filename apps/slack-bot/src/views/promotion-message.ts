import { createHash } from 'node:crypto';
import type { PromotionDetail, PromotionSummary, RolloutDto } from '@sluice/contracts';
import type { KnownBlock } from '@slack/types';
import { cut, line, lines, link, mrkdwn, plain } from '../text/mrkdwn.js';
import { encodeDecision } from './decision.js';

export interface Message {
  /** For notifications and screen readers. */
  readonly text: string;
  readonly blocks: KnownBlock[];
}

type State = PromotionSummary['state'];

const MARK: Readonly<Record<State, string>> = { open: ':hourglass_flowing_sand:', ready: ':white_circle:', merging: ':arrows_counterclockwise:', 'rolling-out': ':rocket:', live: ':white_check_mark:', superseded: ':fast_forward:', rejected: ':no_entry:', tampered: ':warning:', degraded: ':rotating_light:', 'rolled-back': ':rewind:' };
const SAID: Readonly<Record<State, string>> = { open: 'waits', ready: 'is ready', merging: 'is being merged', 'rolling-out': 'is rolling out', live: 'is live', superseded: 'was replaced by a newer one', rejected: 'was rejected', tampered: 'was merged as something else than was approved', degraded: 'is not healthy', 'rolled-back': 'was rolled back' };
const VERDICT = { pass: ':white_check_mark:', wait: ':hourglass_flowing_sand:', fail: ':x:' } as const;

/** Nobody can decide any more. */
export function isDecided(state: State): boolean {
  return state !== 'open' && state !== 'ready';
}

/** Nothing more will come, as far as one can tell. */
export function isOver(state: State): boolean {
  return state === 'live' || state === 'superseded' || state === 'rejected' || state === 'rolled-back' || state === 'tampered';
}

export function nameOf({ application, applications, target }: PromotionSummary): string {
  return `${(applications ?? [application]).join(' + ')} → ${target}`;
}

/** The one message of a promotion, as it is to look now. What takes time only is not in it, or it would have to be edited all the time. */
export function promotionMessage(detail: PromotionDetail, rollout?: RolloutDto): Message {
  const title = `${nameOf(detail)} ${SAID[detail.state]}`;
  const blocks: KnownBlock[] = [
    section(`${MARK[detail.state]} *${line(nameOf(detail))}* ${SAID[detail.state]}\n${link(detail.change?.url, line(detail.title))}`),
    ...gateBlocks(detail),
    ...waveBlocks(detail, rollout),
    ...peopleBlocks(detail),
    { type: 'context', block_id: 'about', elements: [mrkdwn(`${line(detail.repository)} · from ${line(detail.from)} · digest ${detail.digest.slice(0, 12)}${detail.requester === undefined ? '' : ` · asked for by ${line(detail.requester)}`}`)] },
    ...buttonBlocks(detail),
  ];
  // chat.update takes no more than 4,000 characters, in a release set of many applications less than its name
  return { text: cut(title, 1_000), blocks };
}

function gateBlocks({ verdicts, state }: PromotionDetail): KnownBlock[] {
  if (isDecided(state) || verdicts.length === 0) return [];
  const said = verdicts.map(({ gate, outcome, message }) => `${VERDICT[outcome]} *${line(gate, 60)}* ${line(message)}`);
  return [section(lines(said, 2_800))];
}

function waveBlocks({ state, id }: PromotionDetail, rollout: RolloutDto | undefined): KnownBlock[] {
  if (state !== 'rolling-out' || !rollout?.rollout?.promotions.some((each) => each === id) || rollout.waves.length === 0) return [];
  const said = rollout.waves.map(({ name, state: at, message }) => `${at === 'done' ? ':white_check_mark:' : at === 'current' ? ':rocket:' : ':white_circle:'} *${line(name, 80)}* ${line(message)}`);
  return [section(lines(said, 2_800))];
}

const DECIDED = { approved: 'Approved', rejected: 'Rejected', cleared: 'Cleared', overridden: 'Overridden' } as const;

function peopleBlocks({ approvals }: PromotionDetail): KnownBlock[] {
  if (approvals.length === 0) return [];
  const said = approvals.map(({ person, decision, gate, comment, written }) => `${DECIDED[decision]}${gate === undefined ? '' : ` (${line(gate, 60)})`} by *${line(person)}*${comment === '' ? '' : `: ${line(comment)}`}${writtenThere(written)}`);
  return [section(lines(said, 2_800))];
}

/** How a decision stands on the forge, where its person has linked an account there. */
export function writtenThere(written: PromotionDetail['approvals'][number]['written']): string {
  if (written?.login !== undefined) return ` (on the forge as ${line(written.login, 60)}’s own review)`;
  return written?.notOwn === undefined ? '' : ` (on the forge written by Sluice: ${line(written.notOwn)})`;
}

/** Whether an approval is still asked for: then there is something to approve. */
export function asksForApproval({ state, verdicts }: PromotionDetail): boolean {
  return !isDecided(state) && verdicts.some(({ type, outcome }) => type === 'approvals' && outcome !== 'pass');
}

function buttonBlocks(detail: PromotionDetail): KnownBlock[] {
  if (isDecided(detail.state)) return [];
  return [decisionButtons(detail, asksForApproval(detail))];
}

/** Buttons that decide on exactly this content. */
export function decisionButtons({ repository, id, digest }: Pick<PromotionSummary, 'repository' | 'id' | 'digest'>, approvable: boolean): KnownBlock {
  const value = encodeDecision({ repository, promotion: id, digest });
  return {
    type: 'actions',
    elements: [
      ...(approvable ? [{ type: 'button' as const, action_id: 'approve', style: 'primary' as const, text: plain('Approve', 75), value }] : []),
      { type: 'button', action_id: 'reject', style: 'danger', text: plain('Reject…', 75), value },
    ],
  };
}

/** What is new in the timeline, as one message of the thread. */
export function progressMessage(detail: PromotionDetail, told: number): string | undefined {
  const fresh = detail.timeline.slice(told);
  if (fresh.length === 0) return undefined;
  return lines(fresh.map(({ what, by, detail: more }) => `• ${line(what)}${by === undefined ? '' : ` by ${line(by)}`}${more === undefined || more === '' ? '' : `: ${line(more)}`}`), 3_500);
}

/** Tells whether a message would look the same. */
export function fingerprint(message: Message): string {
  return createHash('sha256').update(JSON.stringify(message)).digest('hex').slice(0, 32);
}

const SECTION = 3_000;

/** Slack takes no more in one than 3,000 characters. */
export function section(text: string): KnownBlock {
  return { type: 'section', text: mrkdwn(cut(text, SECTION)) };
}
