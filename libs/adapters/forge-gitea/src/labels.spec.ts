import type { ChangeRequest } from '@sluice/usecases';
import { SHOP, startGitea, type TestGitea } from './gitea.fixture.js';

const WANTED = ['sluice', 'sluice: prod'];

describe.each(['gitea', 'forgejo'] as const)('labels of a request on %s', (kind) => {
  let forge: TestGitea;
  let branches = 0;
  beforeEach(async () => {
    forge = await startGitea(kind);
  });
  afterEach(async () => {
    expect(forge.double.unexpected()).toEqual([]);
    await forge.stop();
  });

  async function opened(): Promise<ChangeRequest> {
    branches += 1;
    const branch = `sluice/labelled-${branches}`;
    await forge.commit({ branch, from: 'main', files: { [`${branch}.yaml`]: 'on: true\n' } });
    return forge.changes.open(SHOP, { title: 'Promote', body: '', sourceBranch: branch, targetBranch: 'main', draft: false, labels: WANTED });
  }

  test('are made once, and cost no call from then on', async () => {
    expect(await forge.callsOf(opened)).toEqual(['GET /labels', 'POST /labels', 'POST /labels', 'POST /pulls']);
    expect(await forge.callsOf(async () => expect(await opened()).toMatchObject({ labels: WANTED }))).toEqual(['POST /pulls']);
  });

  test('are those that somebody has made, where Sluice may not make any', async () => {
    forge.grant('only-reads-issues', { repository: 'write', issue: 'read', user: 'read', permission: 'admin' });
    forge.shop.labels.set(1, 'sluice');
    expect(await opened()).toMatchObject({ labels: ['sluice'], unlabelled: expect.stringContaining('write:issue') as string });
    // not tried again at every request, but told
    expect(await forge.callsOf(async () => expect(await opened()).toMatchObject({ unlabelled: expect.stringContaining('write:issue') as string }))).toEqual(['POST /pulls']);
  });

  test('are made again for the next request when somebody has deleted them', async () => {
    await opened();
    forge.shop.labels.clear();
    expect((await opened()).labels).toBeUndefined();
    expect(await opened()).toMatchObject({ labels: WANTED });
  });
});
