import { commitSha, instant, promotionId } from '@sluice/kernel';
import type { CommitSha, Instant, PromotionId } from '@sluice/kernel';
import { z } from 'zod';

const zId = z.string().transform((text): PromotionId => promotionId(text));
const zSha = z.string().transform((text): CommitSha => commitSha(text));
const zInstant = z.number().transform((time): Instant => instant(time));
const zStatus = z.object({ context: z.string(), state: z.enum(['pending', 'success', 'failure', 'error']), description: z.string(), url: z.string().optional(), by: z.string() });

/** What a lane wants of the outside, stored in the outbox with the state that wants it. Each is safe to do twice. */
export const EFFECT = z.discriminatedUnion('kind', [
  /** Push the composed commit to the lane's branch and open the request, or move the open one to it. `mergeUntil`: all gates have passed; when it is open before then, it is merged without another look. */
  z.object({ kind: z.literal('publish'), promotion: zId, branch: z.string(), target: z.string(), head: zSha, replaces: zSha.optional(), number: z.number().optional(), title: z.string(), body: z.string(), statuses: z.array(zStatus), mergeUntil: zInstant.optional() }),
  /** Push a composition with conflicts to the lane's branch and open a draft of it, or make the open request one. */
  z.object({ kind: z.literal('draft'), branch: z.string(), target: z.string(), head: zSha, replaces: zSha.optional(), number: z.number().optional(), title: z.string(), body: z.string(), statuses: z.array(zStatus) }),
  z.object({ kind: z.literal('describe'), number: z.number(), body: z.string() }),
  z.object({ kind: z.literal('statuses'), commit: zSha, statuses: z.array(zStatus) }),
  z.object({ kind: z.literal('merge'), promotion: zId, number: z.number(), by: z.string() }),
  z.object({ kind: z.literal('close'), number: z.number(), comment: z.string(), by: z.string() }),
  z.object({ kind: z.literal('review'), promotion: zId.optional(), number: z.number(), person: z.string(), state: z.enum(['approved', 'rejected']), commit: zSha, body: z.string() }),
]);
export type Effect = z.output<typeof EFFECT>;
export type EffectStatus = z.output<typeof zStatus>;

/** Doing an effect again under the same key changes nothing. */
export interface KeyedEffect {
  readonly idempotencyKey: string;
  readonly effect: Effect;
}
