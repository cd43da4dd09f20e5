import type { ChangeRequest } from '@sluice/usecases';
import { createGithubWorld, type GithubWorld, SHOP } from './github.fixture.js';

const WANTED = ['sluice', 'sluice: prod'];

describe('labels of a pull request on GitHub', () => {
  let world: GithubWorld;
  let branches = 0;
  beforeAll(async () => {
    world = await createGithubWorld();
  });
  afterAll(() => world.stop());

  async function opened(): Promise<ChangeRequest> {
    branches += 1;
    const branch = `sluice/labelled-${branches}`;
    await world.commit({ branch, from: 'main', files: { [`${branch}.yaml`]: 'on: true\n' } });
    world.calls();
    return world.changes.open(SHOP, { title: 'Promote', body: '', sourceBranch: branch, targetBranch: 'main', draft: false, labels: WANTED });
  }

  it('cost one call when it is opened', async () => {
    expect(await opened()).toMatchObject({ labels: WANTED });
    expect(world.calls()).toEqual({ 'POST /repos/{owner}/{repo}/pulls': 1, 'POST /repos/{owner}/{repo}/issues/{issue_number}/labels': 1 });
  });

  it('are there when the answer to the opening was lost', async () => {
    world.github.double.faults.inject({ fault: { kind: 'lost answer' }, of: ({ method, path }) => method === 'POST' && path.endsWith('/pulls'), times: 1 });
    await opened().catch(() => undefined);
    const [request] = await world.changes.list(SHOP, { state: 'open', limit: 1 });
    const again = await world.changes.open(SHOP, { ...request!, labels: WANTED });
    expect(again).toMatchObject({ number: request?.number, labels: WANTED });
  });

  it('are those that people add, too', async () => {
    const { number } = await opened();
    world.shop.addLabels(world.shop.requests.get(number)!, ['urgent'], world.github.double.accounts.add('ada'));
    await world.changes.update(SHOP, number, { body: 'More.' });
    expect(await world.changes.get(SHOP, number)).toMatchObject({ labels: [...WANTED, 'urgent'] });
  });

  it('that may not be set keep no request from being opened, and it says why', async () => {
    const answer = { status: 403, body: { message: 'Resource not accessible by personal access token', documentation_url: '' } };
    world.github.double.faults.inject({ fault: { kind: 'answer', answer }, of: ({ path }) => path.endsWith('/labels'), times: 1 });
    const request = await opened();
    expect(request).toMatchObject({ state: 'open', unlabelled: expect.stringContaining('Resource not accessible') as string });
    expect(request.labels).toBeUndefined();
  });
});
