import { Forbidden, NotFound } from '@sluice/kernel';
import { EVERY_PERMISSION } from '@sluice/forge-doubles';
import { createGithubWorld, type GithubWorld, ofApp, SHOP, tokenOf } from './github.fixture.js';

describe('what a credential may do on GitHub', () => {
  let world: GithubWorld;
  beforeEach(async () => {
    world = await createGithubWorld();
  });
  afterEach(() => world.stop());

  const missing = async (): Promise<readonly string[]> => (await world.forge.check(SHOP)).missing;
  const useToken = (rights: { readonly permissions?: Readonly<Record<string, string>>; readonly scopes?: readonly string[] }): void => {
    world.secret = tokenOf(world.github.token('sluice', rights));
  };

  it('is everything with every permission', async () => {
    world.shop.settings.methods = ['squash', 'rebase'];
    expect(await world.forge.check(SHOP)).toEqual({ login: 'sluice', path: 'acme/shop', defaultBranch: 'main', mergeMethods: ['squash', 'rebase'], missing: [], notes: [] });
  });

  it.each([
    ['contents', 'read', 'contents: write (reads the repository and pushes promotion branches)'],
    ['pull_requests', 'read', 'pull requests: write (opens and merges promotion requests)'],
    ['statuses', 'read', 'commit statuses: write (reads the results of checks and shows its own gates)'],
    ['checks', undefined, 'checks: read (reads the results of check runs such as those of GitHub Actions)'],
    ['repository_hooks', undefined, 'webhooks: write (tells Sluice what happens in the repository)'],
    ['repository_hooks', 'read', 'webhooks: write (tells Sluice what happens in the repository)'],
  ])('lacks what a fine-grained token has not: %s', async (permission, level, text) => {
    const { [permission]: _, ...others } = EVERY_PERMISSION;
    useToken({ permissions: { ...others, ...(level !== undefined && { [permission]: level }) } });
    expect(await missing()).toEqual([text]);
  });

  it('changes nothing while it is found out', async () => {
    const before = await world.shop.git.branches();
    await missing();
    expect([await world.shop.git.branches(), world.shop.requests.size, world.shop.statuses.length, world.shop.hooks.size]).toEqual([before, 0, 0, 0]);
  });

  it('is what the scopes of a classic token say', async () => {
    useToken({ scopes: ['repo', 'admin:repo_hook'] });
    expect(await missing()).toEqual([]);
    useToken({ scopes: ['repo'] });
    expect(await missing()).toEqual([expect.stringContaining('webhooks: write')]);
  });

  it('is what an installation of an app was given', async () => {
    const { app, privateKey } = world.github.app('sluice-app');
    const installation = world.github.install(app, 'acme', { metadata: 'read', contents: 'write', pull_requests: 'read' });
    world.secret = { kind: 'app', appId: app.id, privateKey, installation };
    const { login, missing: lacking } = await world.forge.check(SHOP);
    expect(login).toBe('sluice-app[bot]');
    expect(lacking.map((text) => text.split(' (')[0])).toEqual(['pull requests: write', 'commit statuses: write', 'checks: read', 'webhooks: write']);
  });

  it.each([
    ['a page', '<!DOCTYPE html>'],
    ['another forge', { error: '404 Not Found' }],
  ])('is nothing with %s at the address', async (_, body) => {
    world.github.double.faults.inject({ fault: { kind: 'answer', answer: { status: 404, body } } });
    await expect(world.forge.check(SHOP)).rejects.toThrow(/what answers there is not GitHub's API: is the address right, and is it GitHub at all/);
  });

  it('is nothing with a repository that it may not see', async () => {
    const grant = world.github.token('sluice', {});
    world.github.double.accounts.grant('sluice', { ...grant, paths: ['acme/other'] });
    world.secret = tokenOf(grant);
    await expect(world.forge.check(SHOP)).rejects.toThrow(NotFound);
  });

  it('is told with what works otherwise than expected', async () => {
    world.shop.settings.deleteBranchOnMerge = true;
    world.shop.settings.archived = true;
    world.shop.protections.set('main', { checks: ['ci/test'], approvals: 2, upToDate: true });
    world.github.state.rules.set('main', [{ type: 'merge_queue' }, { type: 'required_status_checks', parameters: { required_status_checks: [{ context: 'lint' }], strict_required_status_checks_policy: false } }, { type: 'deletion' }]);
    const { missing: lacking, notes } = await world.forge.check(SHOP);
    expect(lacking).toEqual(['the repository is archived: nothing in it can be changed']);
    expect(notes).toEqual([
      expect.stringContaining('GitHub deletes the source branch of every merged pull request'),
      expect.stringContaining('main has a merge queue'),
      'main asks for the checks lint: Sluice\'s merges wait for them',
      'main asks for 2 approving reviews on GitHub: approvals given in Sluice count there only of people who have linked their account',
      'main asks for the checks ci/test: Sluice\'s merges wait for them',
      'main takes only branches that have all of it: what is behind is composed again on it, and its checks run again',
    ]);
  });

  it('says what only administrators are told', async () => {
    const { administration: _, ...permissions } = EVERY_PERMISSION;
    useToken({ permissions });
    expect((await world.forge.check(SHOP)).notes).toEqual([expect.stringContaining('Which merge methods'), expect.stringContaining('Whether main has classic branch protection')]);
  });
});

describe('the webhook on GitHub', () => {
  let world: GithubWorld;
  beforeAll(async () => {
    world = await createGithubWorld({ credential: ofApp });
  });
  afterAll(() => world.stop());

  const URL = 'http://127.0.0.1:1/hooks/github';

  it('is made once, brought up to date, and removed', async () => {
    await world.forge.hook(SHOP, { url: URL, secret: 'first' });
    await world.forge.hook(SHOP, { url: URL, secret: 'second' });
    const hooks = [...world.shop.hooks.values()];
    expect(hooks).toMatchObject([{ url: URL, secret: 'second', active: true, settings: { content_type: 'json', insecure_ssl: '0' } }]);
    expect(hooks[0]?.events).toEqual(['push', 'pull_request', 'pull_request_review', 'status', 'check_run', 'check_suite']);
    await world.forge.unhook(SHOP, URL);
    await world.forge.unhook(SHOP, URL);
    expect(world.shop.hooks.size).toBe(0);
  });

  it('is one, also where somebody has made another one with this address', async () => {
    for (const content_type of ['form', 'json']) world.shop.addHook({ url: URL, secret: '', events: ['push'], active: true, settings: { content_type } }, world.shop.parts.owner);
    await world.forge.hook(SHOP, { url: URL, secret: 'ours' });
    expect([...world.shop.hooks.values()]).toMatchObject([{ url: URL, secret: 'ours', settings: { content_type: 'json' } }]);
    await world.forge.unhook(SHOP, URL);
  });

  it('leaves those of others alone', async () => {
    const ci = world.shop.addHook({ url: 'http://127.0.0.1:1/ci', secret: '', events: ['push'], active: false, settings: {} }, world.shop.parts.owner);
    await world.forge.hook(SHOP, { url: URL, secret: 'first' });
    await world.forge.unhook(SHOP, URL);
    expect([...world.shop.hooks.values()]).toEqual([ci]);
  });

  it('is forbidden without the permission, which is named', async () => {
    const { repository_hooks: _, ...permissions } = EVERY_PERMISSION;
    world.secret = tokenOf(world.github.token('sluice', { permissions }));
    const failure = world.forge.hook(SHOP, { url: URL, secret: 'first' });
    await expect(failure).rejects.toThrow(Forbidden);
    await expect(failure).rejects.toThrow(/webhooks: write/);
  });
});
