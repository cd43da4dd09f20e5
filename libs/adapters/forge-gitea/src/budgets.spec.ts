import { personName } from '@sluice/kernel';
import { SHOP, startGitea, type TestGitea } from './gitea.fixture.js';

describe.each(['gitea', 'forgejo'] as const)('calls of %s', (kind) => {
  let forge: TestGitea;
  beforeAll(async () => {
    forge = await startGitea(kind);
    // what is known for a day
    await forge.forge.check(SHOP);
  });
  afterAll(() => forge.stop());

  test('a promotion with a gate and an approval costs what it may', async () => {
    const head = await forge.commit({ branch: 'topic', from: 'main', files: { 'a.yaml': 'a: 1\n' } });
    const status = (state: 'pending' | 'success') => forge.statuses.set(SHOP, head, [{ context: 'sluice/gate', state, description: state, by: 'sluice' }]);
    let number = 0;

    const promotion = [
      ...(await forge.callsOf(async () => (number = (await forge.changes.open(SHOP, { title: 'Topic', body: '', sourceBranch: 'topic', targetBranch: 'main', draft: false })).number))),
      ...(await forge.callsOf(() => forge.changes.update(SHOP, number, { body: 'Now with text' }))),
      ...(await forge.callsOf(() => forge.changes.get(SHOP, number))),
      ...(await forge.callsOf(() => forge.changes.merge(SHOP, number, { expectedHead: head, by: 'ada' }))),
    ];
    expect(promotion).toEqual(['POST /pulls', 'PATCH /pulls/{index}', 'GET /pulls/{index}', 'POST /pulls/{index}/merge', 'GET /pulls/{index}']);

    const gate = [...(await forge.callsOf(() => status('pending'))), ...(await forge.callsOf(() => status('success')))];
    expect(gate).toEqual(['POST /statuses/{sha}', 'POST /statuses/{sha}']);
    expect(await forge.callsOf(() => status('success'))).toEqual([]);

    const approval = await forge.callsOf(() => forge.reviews.submit(SHOP, number, { person: personName('ada'), state: 'approved', commit: head, body: '' }));
    expect(approval).toEqual(['POST /pulls/{index}/reviews']);
    expect(forge.double.unexpected()).toEqual([]);
  });

  test('the settings of a repository are asked for once a day', async () => {
    expect(await forge.callsOf(() => forge.access.locate(SHOP))).toEqual([]);
    expect(await forge.callsOf(() => forge.connect().access.locate(SHOP))).toEqual([]);
  });
});
