import { API } from '@sluice/contracts';
import { START_TIMEOUT, TestSystem, eventually } from '../test-system.fixture.js';
import type { Answer } from '../test-system.fixture.js';

const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: shop }
spec:
  environments:
    - { name: dev, branch: dev }
    - { name: qa, branch: qa, from: [dev], directPush: hold, merge: manual }
  applications: [{ name: shop, paths: ["apps/shop/**"] }]
`;
const FILE = 'apps/shop/config.yaml';
const config = (value: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: shop }\ndata: { value: "${value}" }\n`;

// One story: a hotfix on qa is held, accepted, shown as what was not promoted, and then in conflict with dev.
describe('a hotfix on the command line', () => {
  let system: TestSystem;
  let bob: string;
  beforeAll(async () => {
    system = await TestSystem.start({ main: { 'sluice.yaml': PIPELINE }, dev: { [FILE]: config('0') }, qa: { [FILE]: config('0') } });
    await system.rest();
    for (const person of ['ada', 'bob']) await sluice('people', 'add', person, '--address', `${person}@example.org`, '--admin');
    bob = await system.system.tokenOf('bob');
  }, START_TIMEOUT);
  afterAll(() => system?.stop(), 60_000);

  const sluice = (...args: readonly string[]): Promise<Answer> => system.sluice(args);
  const asBob = (...args: readonly string[]): Promise<Answer> => system.sluice(args, { token: bob });
  const environment = async (name: string) => (await system.system.call(API.matrix, { params: { repository: system.system.repositoryId } })).environments.find((each) => each.name === name);
  const condition = async (): Promise<string | undefined> => (await system.system.call(API.matrix, { params: { repository: system.system.repositoryId } })).cells.find((cell) => cell.environment === 'qa')?.condition;

  it('has nothing to say of before there is one', async () => {
    expect(await sluice('backflow')).toMatchObject({ code: 0, out: 'No environment has anything that was not promoted to it.' });
    expect(await sluice('accept', 'qa')).toMatchObject({ code: 4, err: 'no commit of qa waits for a review' });
    expect(await sluice('accept', 'nowhere')).toMatchObject({ code: 4, err: 'there is no environment nowhere; there are dev, qa' });
    expect(await sluice('resolve', 'shop', 'qa')).toMatchObject({ code: 4, err: 'there is no draft with conflicts of shop into qa: `sluice why shop qa` says what there is' });
  });

  it('is accepted by somebody else than its author', async () => {
    const clone = await system.clone('qa');
    const commit = await clone.commit({ [FILE]: config('hot') }, 'calm it down');
    await clone.git('push', '--quiet', 'origin', 'qa');
    await eventually('the push is held', async () => environment('qa').then((qa) => qa?.unreviewed.length === 1));
    const ada = await system.system.tokenOf('ada');
    expect(await system.sluice(['accept', 'qa'], { token: ada })).toMatchObject({ code: 3, err: expect.stringContaining('author') });
    expect(await asBob('accept', 'qa', '--commit', 'f'.repeat(40))).toMatchObject({ code: 5 });
    const { code, out } = await asBob('accept', 'qa', '--reason', 'it burns');
    expect([code, out]).toEqual([0, expect.stringMatching(new RegExp(`^accepted +author +subject\n${commit.slice(0, 10)} +\\S.* +calm it down$`))]);
    await eventually('agents get it', async () => environment('qa').then((qa) => qa?.assigned === commit && qa.unreviewed.length === 0));
    expect(await asBob('accept', 'qa')).toMatchObject({ code: 4 });
  });

  it('is shown as what was not promoted, with whose it is and where', async () => {
    await eventually('it is seen', async () => (await sluice('backflow')).out.includes('calm it down'));
    const { out } = await sluice('backflow');
    expect(out).toMatch(/^application +environment +commit +author +age +subject +where\nshop +qa +[0-9a-f]{10} +Ada +\S+ +calm it down +.*ConfigMap shop/);
    expect(out).toMatch(/\nshop in qa: .+/);
    expect((await sluice('backflow', 'shop', 'qa')).out).toBe(out);
    expect(await sluice('backflow', 'shop', 'dev')).toMatchObject({ code: 0, out: 'No environment has anything that was not promoted to it.' });
    expect(JSON.parse((await sluice('--output', 'json', 'backflow')).out)).toMatchObject({ items: [{ application: 'shop', environment: 'qa', changes: [{ subject: 'calm it down' }] }] });
    expect(await sluice('backflow', 'nothing')).toMatchObject({ code: 4 });
  });

  it('stays where it conflicts with what comes, when somebody says that it is resolved', async () => {
    const clone = await system.clone('dev');
    await clone.commit({ [FILE]: config('2') });
    await clone.git('push', '--quiet', 'origin', 'dev');
    await eventually('it conflicts', async () => (await condition()) === 'conflicted');
    await eventually('there is a draft', async () => (await system.system.call(API.changes, { params: { repository: system.system.repositoryId }, query: { state: 'open' } })).items.some(({ draft, sourceBranch }) => draft && sourceBranch === 'sluice/promote/qa/shop'));
    expect((await sluice('plan', 'dev')).out).toMatch(/^shop → qa conflict: [^]*\n {2}now conflicted: /m);
    const { code, out } = await sluice('resolve', 'shop', 'qa');
    expect([code, out]).toEqual([0, expect.stringMatching(/^Resolved: request \d+\. `sluice why shop qa` shows what it waits for\.$/)]);
    await eventually('it is a promotion', async () => (await condition()) === 'promoting');
    expect(await sluice('resolve', 'shop', 'qa')).toMatchObject({ code: 4 });
  });
});
