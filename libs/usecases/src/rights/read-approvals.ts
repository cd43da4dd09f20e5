import { inWhoseRight, unknownAuthors } from '@sluice/gates';
import type { Standing, Voice } from '@sluice/gates';
import { NotFound, instant, present } from '@sluice/kernel';
import type { ApplicationName, EnvironmentName, Instant, PersonName, RepositoryId } from '@sluice/kernel';
import type { ApprovalPolicy, Environment, Pipeline } from '@sluice/pipeline';
import { CURRENT_STATES, membersOf } from '@sluice/promotion';
import type { Promotion } from '@sluice/promotion';
import { whyNoWord } from '../people/decides.js';
import { mappedAuthors } from '../lifecycle/collect-authors.js';
import { writtenAs, type Written } from '../lifecycle/write-review.js';
import type { LifecyclePorts } from '../lifecycle/ports.js';
import type { Approval, Person, TemporaryRight } from '../ports/index.js';
import { delegatorsIn, standingIn } from './delegators.js';
import { effectivePipeline } from './effective-roles.js';

type Ports = Pick<LifecyclePorts, 'clock' | 'rights' | 'repositories' | 'people' | 'forges' | 'promotions' | 'approvals' | 'memory'>;

/** One decision with whether it counts for what is promoted now. */
export interface ListedApproval extends Approval {
  readonly counts: boolean;
  /** In whose right, where that is somebody else's. */
  readonly for?: string;
  /** Why it does not count. */
  readonly why?: string;
  /** When what it bound to ended. */
  readonly voidedAt?: Instant;
  /** How it stands on the forge, where its person has linked an account there. */
  readonly written?: Written;
}

export interface ApprovalList {
  readonly promotion?: Promotion;
  /** What the approvals say as a gate. */
  readonly verdict?: Promotion['verdicts'][number];
  readonly items: readonly ListedApproval[];
}

interface Judging {
  readonly promotion: Promotion;
  readonly promotions: readonly Promotion[];
  readonly pipeline: Pipeline;
  readonly target: Environment;
  readonly delegators: ReadonlyMap<PersonName, readonly Standing[]>;
  readonly ended: readonly TemporaryRight[];
  readonly all: readonly Approval[];
}

/** Promotions of a lane that are looked back at. */
const RECENT = 10;
const DAY = 86_400_000;

/** Every decision about what goes into a place, with whether it counts now, and otherwise why not. */
export class ReadApprovals {
  constructor(private readonly ports: Ports) {}

  /** @throws NotFound */
  async run({ repository, application, environment }: { readonly repository: RepositoryId; readonly application: ApplicationName; readonly environment: EnvironmentName }): Promise<ApprovalList> {
    const pipeline = await effectivePipeline(this.ports, repository);
    const target = pipeline?.environments.find(({ name }) => name === environment);
    if (!pipeline?.applications.some(({ name }) => name === application)) throw new NotFound(`there is no application ${application} in ${repository}`);
    if (!target) throw new NotFound(`there is no environment ${environment} in ${repository}`);
    const { items: promotions } = await this.ports.promotions.list({ repository, application, target: environment, limit: RECENT });
    const newest = promotions.find(({ state }) => CURRENT_STATES.includes(state)) ?? promotions[0];
    if (!newest) return { items: [] };
    // as the gate saw them: somebody may have turned out to be known since they were collected
    const promotion = { ...newest, authors: await mappedAuthors(this.ports, newest.authors) };
    const all = await this.ports.approvals.ofPromotions(repository, promotions.map(({ id }) => id));
    const now = this.ports.clock();
    const promoted = { repository, target: environment, applications: membersOf(promotion) };
    const ended = (await this.ports.rights.temporary(repository, instant(now - 90 * DAY))).filter(({ kind, until, endedAt }) => kind === 'delegation' && (until <= now || endedAt !== undefined));
    const judging = { promotion, promotions, pipeline, target, delegators: await delegatorsIn(this.ports, pipeline, promoted), ended, all };
    const items: ListedApproval[] = [];
    for (const approval of all) items.push({ ...approval, ...(await this.judge(approval, judging)), ...present({ written: await writtenAs(this.ports.memory, approval) }) });
    const verdict = promotion.verdicts.find(({ gate }) => gate === 'approvals' || gate === 'emergency');
    return { promotion, ...present({ verdict }), items };
  }

  private async judge(approval: Approval, judging: Judging): Promise<Omit<ListedApproval, keyof Approval>> {
    const { promotion, target } = judging;
    if (approval.digest !== promotion.candidate.digest) return voided(approval, judging);
    if (approval.decision !== 'approved') return { counts: true };
    const rejected = judging.all.find(({ decision, digest }) => decision === 'rejected' && digest === approval.digest);
    if (rejected) return { counts: false, why: `${rejected.person} rejected it` };
    const person = await this.ports.people.get(approval.person);
    if (!person) return { counts: false, why: `${approval.person} is no person of this server any more` };
    const wordless = whyNoWord(person);
    if (wordless !== undefined) return { counts: false, why: wordless };
    const policy = policyOf(promotion, target);
    const unknown = unknownAuthors(policy, promotion.authors);
    if (unknown !== undefined) return { counts: false, why: unknown };
    const right = inWhoseRight(policy, voiceOf(person, judging), promotion);
    if (typeof right === 'string') return { counts: false, why: `${right}${delegationEnded(approval, judging)}` };
    return { counts: true, ...(right.person !== person.name && { for: right.person }) };
  }
}

/** How somebody stands here, as far as the policy asks for more than that it names them. */
function voiceOf(person: Person, { promotion, pipeline, target, delegators }: Judging): Voice {
  if (byEmergency(promotion, target)) return { person: person.name, groups: person.groups };
  const standing = standingIn(pipeline, person, { repository: promotion.repository, target: promotion.target, applications: membersOf(promotion) });
  return { ...standing, delegators: delegators.get(person.name) ?? [] };
}

/** Who approves a rollback is named by the emergency policy, whatever their roles. */
function byEmergency({ candidate }: Promotion, { emergency }: Environment): boolean {
  return candidate.kind === 'rollback' && emergency !== undefined;
}

function policyOf(promotion: Promotion, target: Environment): ApprovalPolicy {
  const whoever = { required: 1, from: [], excludeAuthors: false, excludeRequester: false };
  return byEmergency(promotion, target) ? { ...whoever, from: target.emergency?.from ?? [] } : (target.approvals ?? whoever);
}

/** It bound to a content that is not what is promoted now: what came of that. */
function voided(approval: Approval, { promotions, promotion: current }: Judging): Omit<ListedApproval, keyof Approval> {
  const former = promotions.find(({ id }) => id === approval.promotion);
  const end = former?.timeline.at(-1);
  const another = former && former.id !== current.id ? former : undefined;
  if (another?.mergedAs !== undefined) return { counts: false, why: `it was of what was merged before, as ${another.mergedAs.slice(0, 10)} (${another.id})`, ...present({ voidedAt: another.mergedAt }) };
  const what = approval.decision === 'approved' ? 'approval' : 'decision';
  return { counts: false, why: `the ${what} was of another content: ${another ? sayEnd(another) : `${approval.promotion} was composed again`}`, ...(end && { voidedAt: end.at }) };
}

function sayEnd({ id, state, timeline }: Promotion): string {
  const detail = timeline.at(-1)?.detail;
  return `${id} is ${state}${detail === undefined ? '' : ` (${detail})`}`;
}

function delegationEnded({ person, at }: Approval, { ended }: Judging): string {
  const right = ended.find((one) => one.person === person && one.at <= at);
  return right ? `; the delegation by ${right.giver ?? ''} ended at ${new Date(Math.min(right.until, right.endedAt ?? right.until)).toISOString()}` : '';
}
