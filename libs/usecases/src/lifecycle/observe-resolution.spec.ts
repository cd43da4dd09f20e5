import { applicationName, commitSha, environmentName, personName, repositoryId } from '@sluice/kernel';
import type { ChangeRequest, Person } from '../ports/index.js';
import { observeResolution } from './observe-resolution.js';

const LANE = { repository: repositoryId('shop'), application: applicationName('cart'), target: environmentName('qa') };
const HEAD = commitSha('a'.repeat(40));
const GRACE: Person = { name: personName('grace'), displayName: 'Grace', emails: ['grace@example.org'], groups: [], admin: false };

/** What a draft comes to that nobody has pushed to, and that this account has marked as ready. */
async function resolvedBy(readyBy: string): Promise<unknown> {
  const people = { get: async (name: string) => (name === 'grace' ? GRACE : undefined), list: async () => [GRACE] };
  const ports = { people, pushes: { pushersOf: async () => new Map() } } as never;
  const draft = { head: HEAD, source: HEAD, onto: HEAD, inputsKey: 'k', resolvers: [] };
  const scope = { lane: LANE, mirror: { ensure: async () => undefined }, pipeline: { applications: [] }, status: { ...LANE, draft } } as never;
  const change = { state: 'open', draft: false, head: HEAD, readyBy } as ChangeRequest;
  return observeResolution(ports, scope, change);
}

describe('who marks the draft of a conflict as ready', () => {
  it('has decided like those who pushed to it', async () => {
    expect(await resolvedBy('grace')).toMatchObject({ isComplete: true, resolvers: [{ name: 'Grace', person: 'grace' }] });
  });

  it.each(['octocat@github.com', 'former'])('is told by the account where that is nobody’s: %s', async (login) => {
    expect(await resolvedBy(login)).toMatchObject({ isComplete: true, resolvers: [{ name: login, login }] });
  });
});
