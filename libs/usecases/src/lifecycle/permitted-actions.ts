import { inWhoseRight, isNamedAmong, mayAct, overrideObstacle, principalText } from '@sluice/gates';
import type { ApplicationName } from '@sluice/kernel';
import type { Standing } from '@sluice/gates';
import type { ApprovalPolicy, EmergencyPolicy, Environment, Pipeline } from '@sluice/pipeline';
import { membersOf } from '@sluice/promotion';
import type { Promotion } from '@sluice/promotion';
import type { Approval, Person } from '../ports/index.js';
import { obstacleOfOverride } from './permitted-overrides.js';
import { ruleOf } from '../rights/actions.js';
import { isPermitted } from '../rights/who-may.js';

/** Something that a person could do with a promotion, and why not, when not. */
export interface PermittedAction {
  readonly name: 'approve' | 'reject' | 'merge' | 'clear' | 'override';
  readonly allowed: boolean;
  readonly reason?: string;
  /** For `clear` the manual gate, for `override` any gate. */
  readonly gate?: string;
}

interface Context {
  readonly pipeline: Pipeline;
  readonly promotion: Promotion;
  readonly person: Person;
  readonly approvals: readonly Approval[];
  /** Who has delegated an approver's right to the person; absent: nobody. */
  readonly delegators?: readonly Standing[];
}

/** What a person may do now. The same rules are applied again when they do it. */
export function permittedActions(context: Context): readonly PermittedAction[] {
  const target = context.pipeline.environments.find((environment) => environment.name === context.promotion.target);
  if (!target) return [];
  return [approval(context, target), reject(context, target), merge(context, target), ...clears(context, target), ...overrides(context, target)];
}

function approval(context: Context, target: Environment): PermittedAction {
  return context.promotion.candidate.kind === 'rollback' && target.emergency ? approveRollback(context, target.emergency) : approve(context, target);
}

function approve(context: Context, target: Environment): PermittedAction {
  const { promotion, person, approvals } = context;
  const policy = target.approvals;
  const needed = policy !== undefined || promotion.candidate.kind === 'adopt';
  const already = approvals.some((approval) => approval.person === person.name && approval.decision === 'approved');
  const obstacle =
    closedReason(promotion) ??
    (needed ? undefined : 'no approval is asked for') ??
    (already ? 'you have approved it' : undefined) ??
    rightObstacle(context, policy ?? WHOEVER);
  return action('approve', obstacle);
}

/** Without a policy only the role decides. */
const WHOEVER: ApprovalPolicy = { required: 1, from: [], excludeAuthors: false, excludeRequester: false };

/** In the person's own right, or in that of somebody who has delegated theirs. */
function rightObstacle(context: Context, policy: ApprovalPolicy): string | undefined {
  const { person, promotion, delegators = [] } = context;
  const role = roleObstacle(context, 'approve');
  const right = inWhoseRight(policy, { person: person.name, groups: person.groups, approver: role === undefined, delegators }, promotion);
  return typeof right === 'string' ? (role ?? right) : undefined;
}

/** A rollback is for the people of the emergency policy, whatever their roles. */
function approveRollback({ promotion, person, approvals }: Context, emergency: EmergencyPolicy): PermittedAction {
  const already = approvals.some((approval) => approval.person === person.name && approval.decision === 'approved');
  const named = mayAct(emergency.from, { person: person.name, groups: person.groups }) ? undefined : `only ${principalText(emergency.from)} may approve a rollback`;
  return action('approve', closedReason(promotion) ?? (already ? 'you have approved it' : undefined) ?? named);
}

function reject(context: Context, target: Environment): PermittedAction {
  const { promotion, person } = context;
  const named = target.approvals && isNamedAmong(target.approvals.from, { person: person.name, groups: person.groups });
  return action('reject', closedReason(promotion) ?? (named ? undefined : roleObstacle(context, 'reject')));
}

function merge(context: Context, target: Environment): PermittedAction {
  const { promotion } = context;
  const waiting = promotion.state === 'ready' ? undefined : target.merge === 'auto' ? 'it merges by itself when all gates have passed' : 'not all gates have passed';
  return action('merge', closedReason(promotion) ?? roleObstacle(context, 'merge') ?? waiting);
}

function clears(context: Context, target: Environment): readonly PermittedAction[] {
  const { promotion, person } = context;
  return target.gates.flatMap((gate) => {
    if (gate.type !== 'manual') return [];
    const passed = promotion.verdicts.some((verdict) => verdict.gate === gate.name && verdict.outcome === 'pass');
    const named = mayAct(gate.from, { person: person.name, groups: person.groups }) ? undefined : `only ${principalText(gate.from)} may clear it`;
    const obstacle = closedReason(promotion) ?? (passed ? 'it is cleared' : undefined) ?? named ?? roleObstacle(context, 'clear');
    return [{ ...action('clear', obstacle), gate: gate.name }];
  });
}

/** Only what does not pass: nothing else needs an emergency. */
function overrides(context: Context, target: Environment): readonly PermittedAction[] {
  const { promotion } = context;
  const holding = promotion.verdicts.filter(({ outcome, gate }) => outcome !== 'pass' && overrideObstacle(target, gate) === undefined);
  return holding.map(({ gate }) => ({ ...action('override', closedReason(promotion) ?? obstacleOfOverride(context, target, gate)), gate }));
}

/** What the table of actions says of the role; whom a policy names is said more exactly elsewhere. */
function roleObstacle({ pipeline, person, promotion }: Context, name: 'approve' | 'reject' | 'clear' | 'merge'): string | undefined {
  const place = (application: ApplicationName) => ({ application, environment: promotion.target });
  const missing = membersOf(promotion).filter((application) => !isPermitted(pipeline, person, { action: name, places: [place(application)] }));
  return missing.length === 0 ? undefined : `you are not ${ruleOf(name).role ?? 'named'} of ${missing.join(', ')} in ${promotion.target}`;
}

function closedReason(promotion: Promotion): string | undefined {
  return promotion.state === 'open' || promotion.state === 'ready' ? undefined : `it is ${promotion.state}`;
}

function action(name: PermittedAction['name'], obstacle: string | undefined): PermittedAction {
  return obstacle === undefined ? { name, allowed: true } : { name, allowed: false, reason: obstacle };
}
