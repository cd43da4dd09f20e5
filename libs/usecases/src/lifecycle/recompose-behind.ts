import { commitSha } from '@sluice/kernel';
import type { CommitSha } from '@sluice/kernel';
import { promotionBranch, promotionTitle, subjectOf } from '@sluice/promotion';
import type { Promotion, PromotionEvent } from '@sluice/promotion';
import { z } from 'zod';
import type { LifecyclePorts } from './ports.js';
import { replayCandidate } from './replay-candidate.js';

type Ports = Pick<LifecyclePorts, 'mirrors' | 'changes' | 'memory'>;

const zSha = z.string().transform(commitSha);
const zBegun = z.object({ from: zSha, onto: zSha });

/** What a request's branch is to become, and why. */
interface Wanted {
  /** Of the request. */
  readonly number: number;
  /** The target's head. */
  readonly onto: CommitSha;
  /** Why the forge does not merge it as it is. */
  readonly message: string;
}

/**
 * The forge merges only branches that have all of the target (design: "the same content keeps its approvals"): the same content is composed on what the target has become, and its checks run for that. Only where the
 * target has really moved: so it comes to an end.
 */
export async function recomposeBehind(ports: Ports, promotion: Promotion, { number, onto, message }: Wanted): Promise<PromotionEvent> {
  const { candidate, target, application, repository } = promotion;
  const mirror = await ports.mirrors.open(repository);
  const head = onto === candidate.onto ? undefined : await replayCandidate(mirror, candidate, onto);
  if (head === undefined) return { kind: 'merge-refused', message, byForge: true };
  // whoever takes this up after us finds a head that is nobody's otherwise
  await ports.memory.put(keyOf(promotion), JSON.stringify({ from: candidate.head, onto }));
  if ((await mirror.push(promotionBranch(target, application), head, candidate.head)) === 'stale') return { kind: 'merge-refused', message: 'its branch was changed by somebody else' };
  await ports.changes.update(repository, number, { title: promotionTitle(subjectOf(promotion)), head });
  return { kind: 'recomposed', head, onto, message: `its branch has to have all of ${target}: composed again onto ${onto.slice(0, 10)}, checks run again` };
}

/** The place of the target that the promotion was being composed on when whoever did it died. */
export async function begunOnto(ports: Pick<Ports, 'memory'>, promotion: Promotion): Promise<CommitSha | undefined> {
  const text = await ports.memory.get(keyOf(promotion));
  const begun = text === undefined ? undefined : zBegun.safeParse(JSON.parse(text)).data;
  return begun?.from === promotion.candidate.head ? begun.onto : undefined;
}

/** One for each lane. */
function keyOf({ repository, target, application }: Promotion): string {
  return `composed-again:${repository}:${target}:${application}`;
}
