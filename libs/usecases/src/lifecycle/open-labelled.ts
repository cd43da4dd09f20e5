import type { RepositoryId } from '@sluice/kernel';
import type { ChangeRequest, NewChangeRequest } from '../ports/index.js';
import type { LifecyclePorts } from './ports.js';

type Ports = Pick<LifecyclePorts, 'changes' | 'memory' | 'events'>;

/** What every request of Sluice carries; people filter and automate by it, so it stays as it is. */
const OURS = 'sluice';
/** Characters that every forge takes. */
const MAX_LABEL = 50;

/** Opens a request of Sluice, which is known by its labels: `sluice`, and `sluice: prod` for the environment that it is for. A forge that does not take them opens it all the same, which is told once a repository. */
export async function openLabelled(ports: Ports, repository: RepositoryId, environment: string, request: Omit<NewChangeRequest, 'labels'>): Promise<ChangeRequest> {
  const change = await ports.changes.open(repository, { ...request, labels: [OURS, `${OURS}: ${environment}`.slice(0, MAX_LABEL)] });
  if (change.unlabelled !== undefined) await tellOnce(ports, repository, change.unlabelled);
  return change;
}

async function tellOnce({ memory, events }: Ports, repository: RepositoryId, why: string): Promise<void> {
  const key = `unlabelled:${repository}`;
  if ((await memory.get(key)) === why) return;
  await memory.put(key, why);
  await events.append({ type: 'request.unlabelled', repository, message: `requests are opened without labels: ${why}` });
}
