import type { Plan } from '@sluice/contracts';
import type { KnownBlock, ModalView } from '@slack/types';
import type { Place } from '../act/places.js';
import { line, lines, plain } from '../text/mrkdwn.js';
import { encodeDecision, type Decision } from './decision.js';
import { section } from './promotion-message.js';

/** Opened before anything is known, since a trigger lives for three seconds. */
export function loadingView(title: string): ModalView {
  return { type: 'modal', title: plain(title, 24), close: plain('Close', 24), blocks: [section(':hourglass_flowing_sand: One moment …')] };
}

export function messageView(title: string, text: string): ModalView {
  return { type: 'modal', title: plain(title, 24), close: plain('Close', 24), blocks: [section(text)] };
}

export interface PromoteChoice {
  /** `repository/application` */
  readonly application?: string;
  readonly target?: string;
}

/** Application, target, what it would bring, and why. */
export function promoteView(places: readonly Place[], choice: PromoteChoice, plan: Plan | string | undefined): ModalView {
  const applications = places.flatMap(({ repository, applications: names }) => names.map((name) => ({ text: places.length === 1 ? name : `${repository}/${name}`, value: `${repository}/${name}` })));
  const chosen = places.find(({ repository }) => repository === choice.application?.split('/')[0]);
  const targets = [...new Set((chosen ? [chosen] : places).flatMap(({ targets: names }) => names))].map((name) => ({ text: name, value: name }));
  if (applications.length === 0 || targets.length === 0) return messageView('Promote', 'There is nothing to promote: no repository has a pipeline with applications and environments yet.');
  return {
    type: 'modal',
    callback_id: 'promote',
    title: plain('Promote', 24),
    submit: plain('Promote', 24),
    close: plain('Cancel', 24),
    blocks: [
      select('application', 'Application', applications, choice.application),
      ...(applications.length > MOST ? [section(`The first ${MOST} of ${applications.length}: type \`/sluice promote REPOSITORY/APPLICATION ENVIRONMENT\` for the others.`)] : []),
      select('target', 'To', targets.slice(0, OPTIONS), choice.target),
      ...planBlocks(plan),
      { type: 'input', block_id: 'reason', optional: true, label: plain('Reason', 100), element: { type: 'plain_text_input', action_id: 'reason', multiline: true, max_length: 2_000 } },
    ],
  };
}

interface Choice {
  readonly text: string;
  readonly value: string;
}

const OPTIONS = 100;
// a view has 250 kB, and an option up to 300 bytes
const MOST = 700;

/** More than a hundred options come in groups of a hundred; Slack takes a hundred groups. */
function select(id: string, label: string, choices: readonly Choice[], chosen: string | undefined): KnownBlock {
  const options = choices.slice(0, MOST).map(({ text, value }) => ({ text: plain(text, 75), value }));
  const initial = options.find(({ value }) => value === chosen);
  const groups = Array.from({ length: Math.ceil(options.length / OPTIONS) }, (_, index) => options.slice(index * OPTIONS, (index + 1) * OPTIONS));
  const some = groups.length <= 1 ? { options } : { option_groups: groups.slice(0, OPTIONS).map((group) => ({ label: plain(`${group[0]?.text.text} …`, 75), options: group })) };
  return { type: 'input', block_id: id, dispatch_action: true, label: plain(label, 100), element: { type: 'static_select', action_id: id, ...some, ...(initial && { initial_option: initial }) } };
}

function planBlocks(plan: Plan | string | undefined): KnownBlock[] {
  if (plan === undefined) return [];
  if (typeof plan === 'string') return [{ ...section(line(plan, 2_500)), block_id: 'plan' }];
  const said = plan.items.flatMap(({ application, environment, message, changes, gates }) => [
    `*${line(application)} → ${line(environment)}*: ${line(message)}`,
    ...changes.slice(0, 10).map(({ path, change, object }) => `• ${change} ${line(object ? `${object.kind} ${object.name}` : path)}`),
    ...(changes.length > 10 ? [`• … and ${changes.length - 10} more`] : []),
    ...gates.filter(({ outcome }) => outcome !== 'pass').map(({ gate, message: why }) => `:hourglass_flowing_sand: ${line(gate, 60)}: ${line(why)}`),
  ]);
  return [{ ...section(lines(said, 2_900) || 'nothing would change'), block_id: 'plan' }];
}

/** Rejecting asks why. The modal holds the digest that was looked at, whatever happens under it. */
export function rejectView(decision: Decision, name: string): ModalView {
  return reasonView({ callback: 'reject', metadata: encodeDecision(decision), title: 'Reject', submit: 'Reject', about: `*${line(name)}* will be closed. The same content is not offered again until somebody promotes it by hand.` });
}

export interface RollbackPlace {
  readonly repository: string;
  readonly application: string;
  readonly environment: string;
}

export function rollbackView(place: RollbackPlace): ModalView {
  return reasonView({ callback: 'rollback', metadata: JSON.stringify(place), title: 'Roll back', submit: 'Roll back', about: `*${line(place.application)}* in *${line(place.environment)}* goes back to what it was before its newest promotion.` });
}

function reasonView(of: { readonly callback: string; readonly metadata: string; readonly title: string; readonly submit: string; readonly about: string }): ModalView {
  return {
    type: 'modal',
    callback_id: of.callback,
    private_metadata: of.metadata,
    title: plain(of.title, 24),
    submit: plain(of.submit, 24),
    close: plain('Cancel', 24),
    blocks: [section(of.about), { type: 'input', block_id: 'reason', label: plain('Why?', 100), element: { type: 'plain_text_input', action_id: 'reason', multiline: true, min_length: 1, max_length: 2_000 } }],
  };
}
