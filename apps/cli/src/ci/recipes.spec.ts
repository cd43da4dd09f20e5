import { copyFile, mkdtemp, readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { API } from '@sluice/contracts';
import { describeWithProgram } from '@sluice/testing';
import { parse } from 'yaml';
import { START_TIMEOUT, TestSystem, eventually } from '../test-system.fixture.js';
import type { TestClone } from '../test-system.fixture.js';
import { CommentDouble } from './comment-double.fixture.js';
import { ACTION, readAction, readBlocks, readComponent, runAction, runJob, runScript } from './runners.fixture.js';
import type { Job, Run } from './runners.fixture.js';

const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: shop }
spec:
  environments:
    - { name: dev, branch: dev }
    - { name: qa, branch: qa, from: [dev], gates: [{ name: e2e, type: check, context: "ci/$(touch x)\\"\`touch y\`" }] }
    - { name: prod, branch: production, from: [qa], gates: [{ name: e2e, type: check, context: ci/prod }] }
  applications: [{ name: shop, paths: ["apps/shop/**"] }]
`;
const FILE = 'apps/shop/config.yaml';
const CONTEXT = 'ci/$(touch x)"`touch y`';
const HOSTILE = '$(touch x)`touch y`;touch z;"\'\\';
/** Several processes each, on a machine that may be busy. */
const SLOW = 180_000;
const config = (value: string): string => `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: shop }\ndata: { value: "${value}" }\n`;

// One story: what teams put into their CI systems, run by sh as runners run it, on a server and on doubles of the forges' comments.
describe('what is for CI systems', () => {
  let system: TestSystem;
  let clone: TestClone;
  let github: CommentDouble;
  let gitlab: CommentDouble;
  beforeAll(async () => {
    const files = { [FILE]: config('0') };
    system = await TestSystem.start({ main: { 'sluice.yaml': PIPELINE }, dev: files, qa: files, production: files });
    await system.rest();
    clone = await system.clone('dev');
    github = await CommentDouble.start('github');
    gitlab = await CommentDouble.start('gitlab');
  }, START_TIMEOUT);
  afterAll(async () => {
    await github?.stop();
    await gitlab?.stop();
    await system?.stop();
  }, 60_000);

  const commit = (): Promise<string> => clone.git('rev-parse', 'HEAD');
  const statuses = async () => (await system.system.call(API.statuses, { params: { repository: 'seed', commit: await commit() } })).items;
  const cell = async (environment: string) => (await system.system.call(API.matrix, { params: { repository: 'seed' } })).cells.find((each) => each.environment === environment);
  const live = (environment: string, value: string) => eventually(`${environment} has ${value}`, async () => (await clone.git('fetch', '--quiet', 'origin'), (await clone.git('show', `origin/${environment}:${FILE}`)).includes(`"${value}"`)));
  const push = async (value: string): Promise<void> => {
    await clone.commit({ [FILE]: config(value) });
    await clone.git('push', '--quiet', 'origin', 'HEAD:dev');
    await eventually('it is promoted', async () => (await cell('qa'))?.condition === 'promoting');
  };
  /** Nothing that was written into an input was run. */
  const nothingRan = async (): Promise<void> => expect((await readdir(clone.folder)).filter((name) => /^[xyz]$/.test(name))).toEqual([]);

  describeWithProgram('curl', 'the action for GitHub', () => {
    const action = async (inputs: Readonly<Record<string, string>>, environment: Readonly<Record<string, string>> = {}, context: Readonly<Record<string, string>> = {}): Promise<Run> =>
      runAction(
        { url: system.system.url, token: system.system.token, repository: 'seed', ...inputs },
        { folder: clone.folder, github: { base_ref: 'dev', token: github.token, ...context }, environment: { GITHUB_SHA: await commit(), GITHUB_SERVER_URL: 'https://github.example.org', GITHUB_REPOSITORY: 'acme/shop', GITHUB_RUN_ID: '9', GITHUB_REF: 'refs/pull/12/merge', GITHUB_API_URL: github.api, ...environment } },
      );

    it('has the shape that GitHub wants, with each input in a variable and none in the text of the script', async () => {
      const { inputs, outputs, runs } = await readAction();
      const [step, ...others] = runs.steps;
      expect([others, step?.run]).toEqual([[], 'sh "$GITHUB_ACTION_PATH/run.sh"']);
      const used = Object.entries(step?.env ?? {}).filter(([, value]) => value.includes('inputs.'));
      expect(used.map(([name, value]) => [name, value])).toEqual(Object.keys(inputs).map((name) => [`INPUT_${name.toUpperCase().replaceAll('-', '_')}`, `\${{ inputs.${name} }}`]));
      for (const { value } of Object.values(outputs)) expect(value).toMatch(/^\$\{\{ steps\.sluice\.outputs\.\w+ \}\}$/);
    });

    it.each<[Readonly<Record<string, string>>, number, RegExp]>([
      [{ command: 'deploy' }, 2, /the input command is none: give report, promote or plan/],
      [{ command: 'report', token: '' }, 3, /the input token is missing/],
      [{ command: 'report', token: 'a"\nurl = "http://127.0.0.1:9' }, 2, /the input token has characters that no token has/],
      [{ command: 'report', url: 'file:///etc/passwd' }, 2, /the input url is no address/],
      [{ command: 'report', url: 'http://127.0.0.1:9' , context: 'a', state: 'success' }, 6, /http:\/\/127\.0\.0\.1:9 cannot be reached: curl/],
      [{ command: 'report', repository: '../people' }, 2, /the input repository is no name/],
      [{ command: 'report', repository: 'nothing', context: 'a', state: 'success' }, 4, /nothing/],
      [{ command: 'report' }, 2, /the input context is missing/],
      [{ command: 'report', context: 'a', state: 'great' }, 2, /the input state is none/],
      [{ command: 'report', context: 'a', state: 'success', commit: 'dev' }, 2, /the input commit is not the full name of a commit/],
      [{ command: 'report', context: 'a', state: 'success', link: 'javascript:x' }, 2, /url/],
      [{ command: 'report', context: 'sluice/gates', state: 'success' }, 3, /statuses under sluice\/ are Sluice’s own/],
      [{ command: 'report', context: 'a', state: 'success', token: 'slt_wrong' }, 3, /sluice: /],
      [{ command: 'promote', application: 'shop' }, 2, /the input environment is missing/],
      [{ command: 'promote', application: 'shop', environment: '$(touch x)' }, 2, /the input environment is no name/],
      [{ command: 'promote', application: 'shop', environment: 'qa', wait: 'yes' }, 2, /the input wait is true or false/],
      [{ command: 'promote', application: 'shop', environment: 'qa', timeout: '1w' }, 2, /the input timeout is no duration/],
      [{ command: 'promote', application: 'shop', environment: 'dev' }, 4, /nothing is promoted to dev/],
      [{ command: 'plan', 'github-token': '' }, 3, /no token for comments/],
      [{ command: 'plan', key: '-->' }, 2, /--key -->/],
    ])('refuses %j', async (inputs, code, message) => {
      const run = await action(inputs);
      expect([run.code, run.err]).toEqual([code, expect.stringMatching(message)]);
      expect(`${run.out}${run.err}`).not.toContain(system.system.token);
      await nothingRan();
    });

    it('reports a result to a gate, whatever is in its texts', async () => {
      await push('1');
      const run = await action({ command: 'report', context: CONTEXT, state: 'cancelled', description: `${HOSTILE}\n::error::x` });
      expect([run.code, run.out, run.err]).toEqual([0, `sluice: ${CONTEXT} on ${await commit()}: error`, '']);
      expect(await statuses()).toEqual([expect.objectContaining({ context: CONTEXT, state: 'error', description: `${HOSTILE} ::error::x`, url: 'https://github.example.org/acme/shop/actions/runs/9' })]);
      await nothingRan();
    }, SLOW);

    it('gives up waiting when the time is over', async () => {
      const run = await action({ command: 'promote', application: 'shop', environment: 'qa', wait: 'true', timeout: '1s', reason: HOSTILE });
      expect([run.code, run.out, run.err]).toEqual([7, expect.stringMatching(/^sluice: \d+s open, waits for .*ci\//), expect.stringMatching(/^sluice: shop is not live in qa in time: open/)]);
      expect(run.outputs).toEqual({ promotion: expect.stringMatching(/^qa-shop-/), state: 'open' });
      await nothingRan();
    }, SLOW);

    it('waits until it is live', async () => {
      const waiting = action({ command: 'promote', application: 'shop', environment: 'qa', wait: 'true', timeout: '2m' });
      expect(await action({ command: 'report', context: CONTEXT, state: 'success' })).toMatchObject({ code: 0 });
      const run = await waiting;
      expect([run.code, run.out, run.err]).toEqual([0, expect.stringMatching(/sluice: \d+s qa-shop-\S+ is live$/), '']);
      expect(run.outputs).toEqual({ promotion: expect.stringMatching(/^qa-shop-/), state: 'live' });
      expect(await action({ command: 'promote', application: 'shop', environment: 'qa', wait: 'true' })).toMatchObject({ code: 0, err: '' });
      expect(await action({ command: 'promote', application: 'shop', environment: 'qa' })).toMatchObject({ code: 0, err: '' });
    }, SLOW);

    it('says when it has ended otherwise', async () => {
      await eventually('prod has it open', async () => (await cell('prod'))?.condition === 'promoting');
      const waiting = action({ command: 'promote', application: 'shop', environment: 'prod', wait: 'true', timeout: '2m' });
      await new Promise((done) => setTimeout(done, 3_000));
      await system.sluice(['reject', 'shop', 'prod', '--reason', 'no']);
      expect(await waiting).toMatchObject({ code: 8, err: expect.stringMatching(/^sluice: prod-shop-\S+: rejected$/), outputs: { state: 'rejected' } });
    }, SLOW);

    it('puts the plan of a pull request into one comment, and writes it anew with the next push', async () => {
      await clone.git('checkout', '--quiet', '-b', 'feature');
      await clone.commit({ [FILE]: config('</details><!-- sluice:comment plan --> @grace') });
      expect(await action({ command: 'plan' })).toMatchObject({ code: 0, out: 'The comment on acme/shop #12: created' });
      await clone.commit({ [FILE]: config('next') });
      const run = await action({ command: 'plan' });
      expect(run).toMatchObject({ code: 0, out: 'The comment on acme/shop #12: updated' });
      expect(github.complaints).toEqual([]);
      expect(github.comments).toHaveLength(1);
      expect(github.comments[0]?.body).toMatch(/^<!-- sluice:comment plan -->\n### Sluice plan\n\nAs content of dev, based on [0-9a-f]{10}\.\n[^]*<b>qa<\/b>: 1 change[^]*`"1"` → `"next"`/);
      expect(github.comments[0]?.body).not.toContain('@grace');
      expect(run.summary).toContain('### Sluice plan');
    }, SLOW);

    it('checks the pipeline file where the pull request has it, and fails when it is wrong', async () => {
      github.reset();
      await clone.write({ 'sluice.yaml': PIPELINE.replace('branch: qa', 'brunch: qa') });
      const run = await action({ command: 'plan' }, {}, { base_ref: 'main' });
      expect(run.code).toBe(2);
      expect(github.comments[0]?.body).toMatch(/^<!-- sluice:comment plan -->\n### Pipeline file\n\n- ❌ `sluice.yaml:\d+:\d+` [^]*### Sluice plan\n\nmain is the branch of no environment\./);
      await clone.write({ 'sluice.yaml': null });
    }, SLOW);

    it('says in the comment that there is no plan', async () => {
      github.reset();
      expect(await action({ command: 'plan', token: 'slt_wrong' })).toMatchObject({ code: 3 });
      expect(github.comments[0]?.body).toContain('❌ It could not be made: ');
    }, SLOW);

    it('runs nothing that is the name of a branch or a file', async () => {
      github.reset();
      await clone.git('checkout', '--quiet', '-b', '$(touch${IFS}x)');
      expect(await action({ command: 'plan', revision: '$(touch${IFS}x)', 'pipeline-file': HOSTILE }, { GITHUB_HEAD_REF: '$(touch${IFS}x)' }, { base_ref: '$(touch${IFS}y)' })).toMatchObject({ code: 0 });
      expect(github.comments[0]?.body).toContain('is the branch of no environment.');
      expect(await action({ command: 'plan', revision: '--worktree=/' })).toMatchObject({ code: 4 });
      await nothingRan();
      await clone.git('checkout', '--quiet', 'feature');
    }, SLOW);

    it('takes the command line of its own repository where there is none', async () => {
      expect(await action({ command: 'plan', sluice: 'no-such-command' })).toMatchObject({ code: 0 });
      const elsewhere = await mkdtemp(join(system.folder, 'action-'));
      await copyFile(join(ACTION, 'run.sh'), join(elsewhere, 'run.sh'));
      expect(await action({ command: 'plan', sluice: 'no-such-command' }, { GITHUB_ACTION_PATH: elsewhere })).toMatchObject({ code: 2, err: expect.stringContaining('there is no command no-such-command') });
    }, SLOW);

    it('has no plan for pull requests of forks, which get no secrets', async () => {
      expect(await action({ command: 'plan', token: '' }, {}, { 'event.pull_request.head.repo.fork': 'true' })).toMatchObject({ code: 0, out: 'sluice: no plan: secrets are not given to pull requests of forks' });
    });
  });

  describe('the component for GitLab', () => {
    const common = { image: 'sluice-cli', repository: 'seed' };
    const environment = async (): Promise<Readonly<Record<string, string>>> => ({ SLUICE_TOKEN: system.system.token, CI_COMMIT_SHA: await commit(), CI_JOB_URL: 'https://gitlab.example.org/acme/shop/-/jobs/9', CI_MERGE_REQUEST_IID: '12', CI_MERGE_REQUEST_PROJECT_ID: '5', CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'dev', CI_API_V4_URL: gitlab.api, SLUICE_COMMENT_TOKEN: gitlab.token });
    const job = async (component: string, inputs: Readonly<Record<string, string | boolean | readonly string[]>>, name: string): Promise<Job> => {
      const found = (await readComponent(component, { url: system.system.url, ...common, ...inputs }))[name];
      if (!found) throw new Error(`there is no job ${name}`);
      return found;
    };
    const run = async (component: Job, changed: Readonly<Record<string, string>> = {}): Promise<Run> => runJob(component, { environment: { ...(await environment()), ...changed }, folder: clone.folder });

    it('refuses inputs that are no names', async () => {
      await expect(job('promote', { application: '$(touch x)', environment: 'qa' }, 'sluice-promote')).rejects.toThrow('the input application does not match');
      await expect(job('promote', { application: 'shop' }, 'sluice-promote')).rejects.toThrow('the input environment is missing');
      await expect(job('plan', { repository: '--worktree' }, 'sluice-plan')).rejects.toThrow('the input repository does not match');
    });

    it('reports a result either way, whatever is in its texts', async () => {
      await clone.git('checkout', '--quiet', 'dev');
      await push('2');
      const inputs = { context: CONTEXT, needs: ['e2e'], description: HOSTILE };
      const jobs = await readComponent('report', { url: system.system.url, ...common, ...inputs });
      expect(Object.entries(jobs).map(([name, { when, needs }]) => [name, when, needs])).toEqual([['sluice-report-success', 'on_success', ['e2e']], ['sluice-report-failure', 'on_failure', ['e2e']]]);
      const failed = await run(await job('report', inputs, 'sluice-report-failure'));
      expect([failed.code, failed.err]).toEqual([0, '']);
      expect(await statuses()).toEqual([expect.objectContaining({ context: CONTEXT, state: 'failure', description: HOSTILE, url: 'https://gitlab.example.org/acme/shop/-/jobs/9' })]);
      expect(await run(await job('report', inputs, 'sluice-report-success'))).toMatchObject({ code: 0 });
      await nothingRan();
    }, SLOW);

    it('starts a promotion and waits for it', async () => {
      const waiting = await run(await job('promote', { application: 'shop', environment: 'qa', wait: true, timeout: '2m', reason: HOSTILE }, 'sluice-promote'));
      expect([waiting.code, waiting.err.split('\n').length > 0]).toEqual([0, true]);
      await live('qa', '2');
      const asked = await run(await job('promote', { application: 'shop', environment: 'prod', reason: HOSTILE }, 'sluice-promote'));
      expect(asked.code).toBe(0);
      expect(await run(await job('promote', { application: 'shop', environment: 'prod', wait: true, timeout: '1s' }, 'sluice-promote'))).toMatchObject({ code: 7 });
      await nothingRan();
    }, SLOW);

    it('puts the plan of a merge request into one note, and writes it anew with the next push', async () => {
      await clone.git('checkout', '--quiet', '-b', 'change');
      await clone.commit({ [FILE]: config('third') });
      const plan = await job('plan', {}, 'sluice-plan');
      expect(plan).toMatchObject({ rules: [{ if: '$CI_PIPELINE_SOURCE == "merge_request_event"' }], variables: { GIT_DEPTH: '0' }, resource_group: 'sluice-plan-$CI_MERGE_REQUEST_IID' });
      expect(await run(plan)).toMatchObject({ code: 0, out: 'The comment on 5 !12: created' });
      await clone.commit({ [FILE]: config('fourth') });
      expect(await run(plan, { CI_COMMIT_REF_NAME: '$(touch x)' })).toMatchObject({ code: 0, out: 'The comment on 5 !12: updated' });
      expect(await run(plan, { CI_MERGE_REQUEST_TARGET_BRANCH_NAME: '$(touch${IFS}x)' })).toMatchObject({ code: 0 });
      expect(await run(plan)).toMatchObject({ code: 0 });
      expect(gitlab.complaints).toEqual([]);
      expect(gitlab.comments).toHaveLength(1);
      expect(gitlab.comments[0]?.body).toMatch(/^<!-- sluice:comment plan -->\n### Sluice plan\n[^]*`"2"` → `"fourth"`/);
      await nothingRan();
    }, SLOW);

    it('fails with what is wrong in the pipeline file, and needs its tokens', async () => {
      await clone.write({ 'sluice.yaml': 'x: [' });
      const plan = await job('plan', {}, 'sluice-plan');
      expect(await run(plan)).toMatchObject({ code: 2 });
      expect(gitlab.comments[0]?.body).toContain('### Pipeline file\n\n- ❌');
      await clone.write({ 'sluice.yaml': null });
      expect(await run(plan, { SLUICE_TOKEN: '' })).toMatchObject({ code: 0, out: expect.stringContaining('sluice: no plan') });
      expect(await run(plan, { SLUICE_COMMENT_TOKEN: 'wrong' })).toMatchObject({ code: 3, err: expect.stringContaining('the token for comments is not valid') });
    }, SLOW);
  });

  describeWithProgram('jq', 'the recipes with curl', () => {
    const recipe = async (name: string, environment: Readonly<Record<string, string>> = {}): Promise<Run> => {
      const found = (await readBlocks()).find((block) => block.name === name);
      // the names of this system in place of those of the text
      const script = (found?.text ?? 'exit 99').replaceAll('shop', 'seed').replaceAll('checkout', 'shop');
      return runScript(script, { environment: { SLUICE_URL: system.system.url, SLUICE_TOKEN: system.system.token, COMMIT: await commit(), ...environment }, folder: clone.folder });
    };

    it('make a token', async () => {
      const { code, out } = await recipe('token');
      expect([code, JSON.parse(out.split('\n').at(-1) ?? '')]).toEqual([0, expect.objectContaining({ person: 'ci', token: expect.stringMatching(/^\S{20,}$/) })]);
    }, SLOW);

    it('report a result', async () => {
      await clone.git('checkout', '--quiet', 'dev');
      await push('5');
      expect(await recipe('report')).toMatchObject({ code: 0, err: '' });
      expect(await statuses()).toEqual([expect.objectContaining({ context: 'ci/e2e', state: 'success', description: '12 of 12' })]);
      expect(await recipe('report', { COMMIT: 'f'.repeat(40) })).toMatchObject({ code: 22, out: expect.stringContaining('There is no commit') });
    }, SLOW);

    it('start a promotion and wait', async () => {
      expect(await system.sluice(['report', CONTEXT, 'success', '--commit', await commit()])).toMatchObject({ code: 0 });
      expect(await recipe('promote')).toMatchObject({ code: 0, out: expect.stringMatching(/qa-shop-\S+: live$/), err: '' });
      expect(await recipe('promote')).toMatchObject({ code: 0, err: '' });
    }, SLOW);

    it('write the plan of a branch into one comment', async () => {
      github.reset();
      const place = { BRANCH: 'dev', GITHUB_API_URL: github.api, GITHUB_REPOSITORY: 'acme/shop', NUMBER: '12', GITHUB_TOKEN: github.token };
      expect(await recipe('plan', place)).toMatchObject({ code: 0, err: '' });
      expect(await recipe('plan', place)).toMatchObject({ code: 0, err: '' });
      expect(github.complaints).toEqual([]);
      expect(github.comments.map(({ body }) => body)).toEqual([expect.stringMatching(/^<!-- sluice-curl -->\n### Sluice plan\n\n- shop → qa: in-sync, 0 changed\n- shop → prod: /)]);
    }, SLOW);
  });

  // no container engine runs where the tests do: this is all that is checked of it
  it('have an image with the command line, which downloads nothing but packages', async () => {
    const file = await readFile(join(ACTION, '../../images/cli.Dockerfile'), 'utf8');
    expect(new Set(file.match(/^FROM \S+/gm))).toEqual(new Set(['FROM node:20-bookworm-slim']));
    expect(file).not.toMatch(/\b(curl|wget) +-|^ADD\b/m);
    const [, target = ''] = /ln -s \/app\/(\S+) \/usr\/local\/bin\/sluice/.exec(file) ?? [];
    expect(await readFile(join(ACTION, '../../..', target), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  describe('the examples in the documentation', () => {
    it('are YAML, and give inputs that there are', async () => {
      const blocks = (await readBlocks()).filter(({ language }) => language === 'yaml').map(({ text }) => ({ text, value: parse(text) as unknown }));
      expect(blocks.length).toBeGreaterThan(6);
      const { inputs } = await readAction();
      const used = blocks.flatMap(({ text }) => [...text.matchAll(/with: (\{ command: .*\})$/gm)].map(([, given = '']) => parse(given) as Readonly<Record<string, string>>));
      expect(used.map(({ command }) => command)).toEqual(['plan', 'report', 'promote']);
      for (const given of used) expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(given)));
      const components = blocks.flatMap(({ value }) => (value as { include?: readonly { component: string; inputs: Readonly<Record<string, string>> }[] }).include ?? []);
      for (const { component, inputs: given } of components) await readComponent(/\/(\w+)@/.exec(component)?.[1] ?? '', given);
      expect(components).toHaveLength(3);
    });
  });
});
