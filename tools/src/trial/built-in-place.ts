import { join } from 'node:path';
import { API } from '@sluice/contracts';
import { LocalSystem } from '@sluice/testing';
import type { SystemOptions } from '@sluice/testing';
import { PEOPLE, type TrialPlace, type TrialRequest } from './place.js';

export type MergeMethod = NonNullable<SystemOptions['mergeMethod']>;

/** In the built-in forge, approved by Sluice's own API. */
export async function builtInPlace(seed: string, mergeMethod: MergeMethod): Promise<TrialPlace> {
  const system = await LocalSystem.start({ repository: seed, mergeMethod });
  for (const body of PEOPLE) await system.call(API.savePerson, { body });
  const approver = await system.tokenOf('grace');
  return {
    system,
    repository: system.repositoryId,
    remote: { url: system.repository, environment: system.gitEnvironment },
    folderOf: (environment) => join(system.data, 'targets', environment),
    approve: () => approveAll(system, approver),
    requests: () => allRequests(system),
    findings: () => Promise.resolve([]),
    stop: () => system.stop(),
  };
}

async function approveAll(system: LocalSystem, approver: string): Promise<void> {
  const { items } = await system.call(API.promotions, { query: { environment: 'prod', state: 'open', limit: 200 }, token: approver });
  for (const { repository, id } of items) {
    const promotion = await system.call(API.promotion, { params: { repository, promotion: id }, token: approver });
    if (!promotion.actions.some((action) => action.name === 'approve' && action.allowed)) continue;
    // A newer release may take the request over between the look and the click: then it is looked at again.
    await system.call(API.approve, { params: { repository, promotion: id }, body: { digest: promotion.digest }, token: approver }).catch((error: unknown) => {
      if (!String(error).includes(' 409')) throw error;
    });
  }
}

async function allRequests(system: LocalSystem): Promise<readonly TrialRequest[]> {
  const all: TrialRequest[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await system.call(API.changes, { params: { repository: system.repositoryId }, query: { limit: 100, ...(cursor === undefined ? {} : { cursor }) } });
    all.push(...page.items);
    if (page.next === undefined) return all;
    cursor = page.next;
  }
}
