import type { RepositoryId } from '@sluice/kernel';
import { membersOf } from '@sluice/promotion';
import { promotionOfChange } from '../repositories/promotion-of-change.js';
import type { Person, Promotions } from '../ports/index.js';
import type { Place } from '../lifecycle/rights.js';
import type { ActionName } from './actions.js';
import { effectivePipeline } from './effective-roles.js';
import type { EffectivePorts } from './effective-roles.js';
import { permit } from './permit.js';
import type { PermitPorts } from './permit.js';

type Ports = EffectivePorts & PermitPorts & { readonly promotions: Pick<Promotions, 'list' | 'lanes'> };

interface Request {
  readonly repository: RepositoryId;
  readonly number: number;
}

/**
 * Whether somebody may make a request a draft, or a draft ready. To work on requests is a right that is held anywhere in the repository; where the request promotes something, a draft holds it up as a rejection
 * does, and being ready lets it go on as when it is promoted by hand: that takes the right to that, where it goes. @throws Forbidden, which says who may.
 */
export async function assertMayTurn(ports: Ports, { draft, ...request }: Request & { readonly draft: boolean }, person: Person): Promise<void> {
  await assertPermitted(ports, request, person, draft ? { action: 'reject', does: 'make it a draft' } : { action: 'promote', does: 'mark it as ready' });
}

/** Whether somebody may close a request. The draft of a promotion that conflicts stays closed for what it was about, which is to reject it. @throws Forbidden, which says who may. */
export async function assertMayClose(ports: Ports, request: Request, person: Person): Promise<void> {
  await assertPermitted(ports, request, person, { action: 'reject', does: 'close it' });
}

async function assertPermitted(ports: Ports, request: Request, person: Person, { action, does }: { readonly action: ActionName; readonly does: string }): Promise<void> {
  const places = await promotedBy(ports.promotions, request);
  const pipeline = places.length === 0 ? undefined : await effectivePipeline(ports, request.repository);
  if (!pipeline) return;
  const [where] = places;
  await permit(ports, { action, places, pipeline, repository: request.repository, person: person.name, refusal: `request ${request.number} promotes ${places.map(({ application }) => application).join(', ')} to ${where?.environment ?? ''}: you may not ${does}` });
}

/** What a request promotes and where to, also while it is a draft with conflicts; empty for every other request. */
async function promotedBy(promotions: Ports['promotions'], { repository, number }: Request): Promise<readonly Place[]> {
  const promotion = await promotionOfChange(promotions, { repository, number });
  if (promotion) return membersOf(promotion).map((application) => ({ application, environment: promotion.target }));
  const lane = (await promotions.lanes(repository)).find(({ draft }) => draft?.change?.number === number);
  if (!lane) return [];
  const together = lane.draft?.bases?.map(({ application }) => application) ?? [];
  return [...new Set([lane.application, ...together])].map((application) => ({ application, environment: lane.target }));
}
