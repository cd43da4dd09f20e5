import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { API } from '@sluice/contracts';
import { CommentDouble } from '../ci/comment-double.fixture.js';
import { CONFIG_FILE, SECRET_FILE, secret, shopPipeline } from '../shop-repository.fixture.js';
import { START_TIMEOUT, TestSystem, eventually } from '../test-system.fixture.js';
import type { Answer, TestClone } from '../test-system.fixture.js';

const PIPELINE = shopPipeline({
  qa: 'gates: [{ name: e2e, type: check, context: ci/e2e }]',
  more: '    - { name: prod, branch: production, from: [qa], merge: manual }\n',
  rest: '  roles:\n    - { role: promoter, who: [group:makers] }\n    - { role: viewer, who: [group:readers] }\n',
});
const config = (value: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: shop }\ndata: { value: "${value}" }\n`;

// One story: what a CI system does with the command line, from the test result to what is live.
describe('the command line in CI', () => {
  let system: TestSystem;
  let clone: TestClone;
  let tokens: { readonly maker: string; readonly reader: string };
  beforeAll(async () => {
    const files = { [CONFIG_FILE]: config('0'), [SECRET_FILE]: secret('first-value') };
    system = await TestSystem.start({ main: { 'sluice.yaml': PIPELINE }, dev: files, qa: files, production: files });
    await system.rest();
    await system.sluice(['people', 'add', 'maker', '--group', 'makers']);
    await system.sluice(['people', 'add', 'reader', '--group', 'readers']);
    tokens = { maker: await system.system.tokenOf('maker'), reader: await system.system.tokenOf('reader') };
    clone = await system.clone('dev');
  }, START_TIMEOUT);
  afterAll(() => system?.stop(), 60_000);

  const asMaker = (args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Answer> => system.sluice(args, { token: tokens.maker, environment, folder: clone.folder });
  const promote = (environment: string, ...args: readonly string[]): Promise<Answer> => asMaker(['promote', 'shop', environment, ...args]);
  const push = async (files: Readonly<Record<string, string>>): Promise<string> => {
    const commit = await clone.commit(files);
    await clone.git('push', '--quiet', 'origin', 'HEAD:dev');
    await eventually('the commit is seen', async () => (await cell('qa'))?.condition !== 'in-sync');
    return commit;
  };
  const cell = async (environment: string) => (await system.system.call(API.matrix, { params: { repository: system.system.repositoryId } })).cells.find((each) => each.environment === environment);

  it.each([
    [['report', 'ci/e2e', 'great'], 2, 'great is no state: give success, failure, error or pending'],
    [['report', 'ci/e2e', 'constructor'], 2, 'constructor is no state: give success, failure, error or pending'],
    [['report', 'ci/e2e', 'success', '--commit', 'abc'], 2, 'abc is not a commit: give its full name of 40 hex digits'],
    [['report', 'ci/e2e', 'success', '--link', 'file:///etc/passwd'], 2, '--link file:///etc/passwd: not an address such as https://ci.example.org/jobs/7'],
    [['report', 'ci/e2e', 'success', '--commit', 'f'.repeat(40)], 4, expect.stringContaining(`There is no commit ${'f'.repeat(40)} in`)],
    [['report', 'sluice/gates', 'success'], 3, 'statuses under sluice/ are Sluice’s own: choose another context'],
    [['report', '', 'success'], 2, expect.stringContaining('context')],
    [['promote', 'shop', 'qa', '--timeout', '5m'], 2, '--timeout says how long to --wait: give both'],
    [['promote', 'shop', 'qa', '--wait', '--timeout', 'soon'], 2, '--timeout soon: not a duration such as 90s, 10m or 2h'],
    [['promote', 'shop', 'nowhere', '--wait'], 4, 'there is no environment nowhere; there are dev, qa, prod'],
    [['plan', '--onto', 'dev'], 2, '--onto says where a revision or a work tree is to be merged: give one'],
    [['plan', 'HEAD', '--onto', 'dev', '--as', 'dev'], 2, 'give --as or --onto, not both'],
    [['-o', 'markdown', 'status'], 2, '--output markdown: only validate and plan print that'],
    [['comment', '--forge', 'github', '--number', '1'], 2, 'where is its API? Give --api, such as https://api.github.com'],
    [['comment', '--forge', 'github', '--api', 'http://127.0.0.1:9', '--number', '1'], 2, 'of which project? Give --project, such as acme/shop'],
    [['comment', '--forge', 'github', '--api', 'http://127.0.0.1:9', '--project', '../../user', '--number', '1'], 2, 'of which project? Give --project, such as acme/shop'],
    [['comment', '--forge', 'gitlab', '--api', 'http://127.0.0.1:9', '--project', '5'], 2, 'of which request? This job is not for one: give --number, or run it for pull or merge requests only'],
    [['comment', '--number', '1'], 2, expect.stringContaining('on which forge?')],
    [['comment', '--forge', 'gitlab', '--api', 'http://127.0.0.1:9', '--project', '5', '--number', '0'], 2, '--number 0: a whole number from 1'],
    [['comment', '--key', '-->'], 2, '--key -->: lower-case letters, digits and -, at most 63 characters'],
    [['comment', '--forge', 'gitlab', '--api', 'http://127.0.0.1:9', '--project', '5', '--number', '1'], 3, expect.stringContaining('no token for comments: set SLUICE_COMMENT_TOKEN or GITLAB_TOKEN to a project access token')],
  ])('refuses %j', async (args, code, message) => {
    expect(await asMaker(args)).toMatchObject({ code, err: message });
  });

  it('reports for promoters only, and not without a token that counts', async () => {
    expect(await system.sluice(['report', 'ci/e2e', 'success'], { token: tokens.reader, folder: clone.folder })).toMatchObject({ code: 3, err: expect.stringContaining('you are a viewer here') });
    expect(await system.sluice(['report', 'ci/e2e', 'success'], { token: 'slt_wrong', folder: clone.folder })).toMatchObject({ code: 3 });
    expect(await system.sluice(['report', 'ci/e2e', 'success'], { folder: system.folder })).toMatchObject({ code: 2, err: 'which commit? Give --commit, or run it in a clone' });
  });

  it('says when the time to wait is over, and what it waits for', async () => {
    await push({ [CONFIG_FILE]: config('1'), [SECRET_FILE]: secret('second-value') });
    await eventually('it is promoted', async () => (await cell('qa'))?.condition === 'promoting');
    const { code, err } = await promote('qa', '--wait', '--timeout', '1s');
    expect([code, err]).toEqual([7, expect.stringMatching(/^\d+s +open, waits for .*ci\/e2e.*\nshop is not live in qa in time: open, waits for .*`sluice why shop qa` says what it waits for$/)]);
  });

  it('shows what a merge would bring, with secrets masked, for a comment', async () => {
    const { code, out } = await asMaker(['-o', 'markdown', 'plan', 'HEAD', '--onto', 'dev']);
    expect(code).toBe(0);
    expect(out).toMatch(/^### Sluice plan\n\nAs content of dev, based on [0-9a-f]{10}\.\n\n/);
    expect(out).toMatch(/<details><summary><b>qa<\/b>: 1 change<\/summary>\n\n\*\*shop\*\* change: [^]*`ConfigMap shop`\n {2}- `data.value`: `"0"` → `"1"`\n[^]*`Secret shop`/);
    expect(out).not.toMatch(/first-value|second-value/);
    expect(await asMaker(['-o', 'markdown', 'plan', 'HEAD', '--onto', 'main'])).toMatchObject({ code: 0, out: '### Sluice plan\n\nmain is the branch of no environment.\n\nNothing is promoted from here.' });
    expect(await asMaker(['-o', 'markdown', 'plan', '--at', '2026-12-24', 'nothing'])).toMatchObject({ code: 4, out: expect.stringMatching(/^### Sluice plan\n\n❌ It could not be made: there is no branch "nothing"/) });
  });

  it('waits until what it asked for is live, once the result is reported', async () => {
    const waiting = promote('qa', '--wait', '--timeout', '2m', '--reason', 'release');
    const reported = await asMaker(['report', 'ci/e2e', 'PASSED', '--description', '12 of 12'], { CI_JOB_URL: 'https://ci.example.org/jobs/7' });
    const commit = await clone.git('rev-parse', 'HEAD');
    expect(reported).toMatchObject({ code: 0, out: `ci/e2e on ${commit.slice(0, 10)}: success` });
    const { items } = await system.system.call(API.statuses, { params: { repository: system.system.repositoryId, commit } });
    expect(items).toEqual([expect.objectContaining({ context: 'ci/e2e', state: 'success', description: '12 of 12', url: 'https://ci.example.org/jobs/7', by: 'maker' })]);
    const { code, out, err } = await waiting;
    expect([code, err]).toEqual([0, expect.stringMatching(/^\d+s +/)]);
    expect(out).toMatch(/^.*shop.*: live\nqa-shop-\S+$/);
    expect(await promote('qa', '--wait')).toMatchObject({ code: 0, out: expect.stringMatching(/^Nothing to promote: /) });
  }, 180_000);

  it('takes the commit that the CI system names, and says a failure', async () => {
    const commit = await push({ [CONFIG_FILE]: config('2') });
    const answer = await system.sluice(['-o', 'json', 'report', 'ci/e2e', 'failed'], { token: tokens.maker, environment: { GITHUB_SHA: commit, GITHUB_SERVER_URL: 'https://forge.example.org', GITHUB_REPOSITORY: 'acme/shop', GITHUB_RUN_ID: '9' } });
    expect(JSON.parse(answer.out)).toMatchObject({ commit, context: 'ci/e2e', state: 'failure', url: 'https://forge.example.org/acme/shop/actions/runs/9' });
    expect(await promote('qa', '--wait', '--timeout', '1s')).toMatchObject({ code: 7, err: expect.stringContaining('ci/e2e failed') });
  });

  it('says at once when it ends otherwise', async () => {
    let waiting: Promise<Answer> | undefined;
    await new Promise<void>((waits) => {
      waiting = system.sluice(['promote', 'shop', 'qa', '--wait', '--timeout', '2m'], { token: tokens.maker, onErr: () => waits() });
    });
    expect(await system.sluice(['reject', 'shop', 'qa', '--reason', 'not <now>'])).toMatchObject({ code: 0 });
    expect(await waiting).toMatchObject({ code: 8, err: expect.stringMatching(/: rejected by \S+: not <now>$/) });
  }, 180_000);

  it('says at once when only a person can go on', async () => {
    const hot = await system.clone('qa');
    await hot.commit({ [CONFIG_FILE]: config('hot') });
    await hot.git('push', '--quiet', 'origin', 'qa');
    await clone.commit({ [CONFIG_FILE]: config('3') });
    await clone.git('push', '--quiet', 'origin', 'HEAD:dev');
    await eventually('it conflicts', async () => (await cell('qa'))?.condition === 'conflicted');
    expect(await promote('qa', '--wait', '--timeout', '1m')).toMatchObject({ code: 5, err: expect.stringMatching(/shop does not go on into qa by itself \(conflicted\): /) });
  });

  it('writes the comment of a request on Forgejo, with the token of its job', async () => {
    const double = await CommentDouble.start('forgejo', { isUser: false });
    try {
      await writeFile(join(clone.folder, 'plan.md'), '### Sluice plan\n');
      const environment = { GITHUB_ACTIONS: 'true', GITEA_ACTIONS: 'true', FORGEJO_ACTIONS: 'true', GITHUB_API_URL: double.api, GITHUB_REPOSITORY: 'acme/shop', GITHUB_REF: 'refs/pull/12/head', GITHUB_TOKEN: double.token };
      expect(await asMaker(['comment', 'plan.md'], environment)).toMatchObject({ code: 0, out: 'The comment on acme/shop #12: created' });
      expect(await asMaker(['comment', 'plan.md'], environment)).toMatchObject({ code: 0, out: 'The comment on acme/shop #12: unchanged' });
      expect(double.comments.map(({ author }) => author)).toEqual(['forgejo-actions']);
      expect(double.complaints).toEqual([]);
    } finally {
      await double.stop();
    }
  });

  it('writes the comment of a request, from files, and again', async () => {
    const double = await CommentDouble.start('gitlab');
    try {
      await writeFile(join(clone.folder, 'plan.md'), '### Sluice plan\n');
      const environment = { GITLAB_CI: 'true', CI_API_V4_URL: double.api, CI_MERGE_REQUEST_PROJECT_ID: '5', CI_MERGE_REQUEST_IID: '12', SLUICE_COMMENT_TOKEN: double.token };
      expect(await asMaker(['comment', 'plan.md'], environment)).toMatchObject({ code: 0, out: 'The comment on 5 !12: created' });
      expect(await asMaker(['-o', 'json', 'comment', 'plan.md', 'plan.md'], environment)).toMatchObject({ code: 0, out: expect.stringContaining('"outcome": "updated"') });
      expect(double.comments).toEqual([{ id: 100, author: '77', body: '<!-- sluice:comment plan -->\n### Sluice plan\n\n### Sluice plan' }]);
      expect(await asMaker(['comment', 'nothing.md'], environment)).toMatchObject({ code: 4, err: expect.stringContaining('cannot be read') });
      expect(await asMaker(['comment', 'plan.md'], { ...environment, SLUICE_COMMENT_TOKEN: 'a\nb' })).toMatchObject({ code: 2 });
      expect(double.complaints).toEqual([]);
    } finally {
      await double.stop();
    }
  });
});
