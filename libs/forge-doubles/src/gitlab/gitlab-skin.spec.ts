import { ForgeDouble } from '../base/forge-double.js';
import type { DoubleRepository } from '../base/double-repository.js';
import { GitlabSkin } from './gitlab-skin.js';

const PROJECT = '/api/v4/projects/acme%2Fshop';

describe('The double of GitLab', () => {
  let double: ForgeDouble;
  let skin: GitlabSkin | undefined;
  let project: DoubleRepository;
  beforeAll(async () => {
    double = await ForgeDouble.start((world) => (skin = new GitlabSkin(world)));
    project = await double.createRepository('acme/shop');
    double.accounts.grant('bot', { token: 'maintainer', kind: 'project', rights: { scopes: 'api', role: '40' } });
    double.accounts.grant('bot', { token: 'reporter', kind: 'project', rights: { scopes: 'api', role: '20' } });
    double.accounts.grant('bot', { token: 'reader', kind: 'project', rights: { scopes: 'read_api', role: '40' } });
    double.accounts.grant('bot', { token: 'stranger', kind: 'project', rights: { scopes: 'api' }, paths: ['acme/other'] });
  });
  afterAll(() => double.stop());

  async function ask(method: string, path: string, { token = 'maintainer', body, headers = {} }: { readonly token?: string; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> } = {}): Promise<{ readonly status: number; readonly body: Record<string, unknown>; readonly headers: Headers; readonly unexpected: number }> {
    const before = double.unexpected().length;
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const response = await fetch(double.url + path, { method, headers: { 'private-token': token, ...(body !== undefined && { 'content-type': 'application/json' }), ...headers }, ...sent });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>, headers: response.headers, unexpected: double.unexpected().length - before };
  }

  async function opened(): Promise<string> {
    const branch = `feature-${project.requests.size}`;
    await project.commit({ branch, from: 'main', files: { [`${branch}.yaml`]: 'a: 1\n' } });
    const { body } = await ask('POST', `${PROJECT}/merge_requests`, { body: { source_branch: branch, target_branch: 'main', title: 'x' } });
    return `${PROJECT}/merge_requests/${String(body['iid'])}`;
  }

  it.each<[string, string, string, Parameters<typeof ask>[2]]>([
    ['an address that nobody needs', 'GET', `${PROJECT}/issues`, {}],
    ['a path that is not encoded', 'GET', '/api/v4/projects/acme/shop', {}],
    ['a parameter that is not documented', 'GET', `${PROJECT}/merge_requests?branch=x`, {}],
    ['a state that there is not', 'GET', `${PROJECT}/merge_requests?state=open`, {}],
    ['more on a page than there may be', 'GET', `${PROJECT}/merge_requests?per_page=101`, {}],
    ['a field that is not documented', 'POST', `${PROJECT}/merge_requests`, { body: { source_branch: 'a', target_branch: 'main', title: 'x', draft: true } }],
    ['a title that is too long', 'POST', `${PROJECT}/merge_requests`, { body: { source_branch: 'a', target_branch: 'main', title: 'x'.repeat(256) } }],
    ['a merge without a head', 'PUT', `${PROJECT}/merge_requests/1/merge`, { body: {} }],
    ['a change of nothing', 'PUT', `${PROJECT}/merge_requests/1`, { body: {} }],
    ['an order in a note', 'POST', `${PROJECT}/merge_requests/1/notes`, { body: { body: 'Fine\n/approve' } }],
    ['a state of statuses that is another forge\'s', 'POST', `${PROJECT}/statuses/${'a'.repeat(40)}`, { body: { state: 'failure', name: 'x' } }],
    ['a body that does not say what it is', 'POST', `${PROJECT}/merge_requests`, { body: {}, headers: { 'content-type': 'text/plain' } }],
    ['two credentials', 'GET', PROJECT, { headers: { authorization: 'Bearer maintainer' } }],
  ])('takes %s for a mistake', async (_, method, path, call) => {
    const { status, unexpected } = await ask(method, path, call);
    expect([status >= 400, unexpected]).toEqual([true, 1]);
  });

  it.each<[string, string, number]>([
    ['nobody', '', 401],
    ['who may not see the project', 'stranger', 404],
    ['who may only read', 'reader', 403],
    ['who has too low a role', 'reporter', 403],
  ])('refuses %s in GitLab\'s words', async (_, token, expected) => {
    const { status, unexpected } = await ask('POST', `${PROJECT}/merge_requests`, { token, body: { source_branch: 'a', target_branch: 'main', title: 'x' } });
    expect([status, unexpected]).toEqual([expected, 0]);
  });

  it.each(['never', 'always'] as const)('loses nothing of several merges at once where only fast-forwards are allowed (squash: %s)', async (squashOption) => {
    Object.assign(skin!.settings(project), { mergeMethod: 'ff', squashOption });
    await project.commit({ branch: `busy-${squashOption}`, from: 'main', files: { 'busy.yaml': 'a: 1\n' } });
    const merges: (() => Promise<number>)[] = [];
    for (const name of ['a', 'b', 'c']) {
      const source = `${name}-${squashOption}`;
      const sha = await project.commit({ branch: source, from: `busy-${squashOption}`, files: { [`${name}.yaml`]: 'a: 2\n' } });
      const { body } = await ask('POST', `${PROJECT}/merge_requests`, { body: { source_branch: source, target_branch: `busy-${squashOption}`, title: name } });
      merges.push(async () => (await ask('PUT', `${PROJECT}/merge_requests/${String(body['iid'])}/merge`, { body: { sha } })).status);
    }
    const statuses = await Promise.all(merges.map((merge) => merge()));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.every((status) => [200, 405, 422].includes(status))).toBe(true);
    Object.assign(skin!.settings(project), { mergeMethod: 'merge', squashOption: 'default_off' });
  });

  it('takes one approval of a person, for the head that this person has seen, until it is taken back', async () => {
    const path = await opened();
    double.accounts.grant('grace', { token: 'grace', kind: 'personal', rights: { scopes: 'api', role: '40' } });
    const approve = async (body: unknown) => (await ask('POST', `${path}/approve`, { token: 'grace', body })).status;
    const { body } = await ask('GET', path);
    expect(await approve({ sha: 'a'.repeat(40) })).toBe(409);
    expect([await approve({ sha: body['sha'] }), await approve({})]).toEqual([201, 401]);
    expect((await ask('GET', `${path}/approvals`)).body).toMatchObject({ approved_by: [{ user: { username: 'grace' } }] });
    expect((await ask('POST', `${path}/unapprove`, { token: 'grace' })).status).toBe(201);
    expect((await ask('GET', `${path}/approvals`)).body).toMatchObject({ approved_by: [] });
    expect(await approve({})).toBe(201);
  });

  it('says in pages how many there are', async () => {
    for (let count = 0; count < 3; count += 1) await opened();
    const { headers, body } = await ask('GET', `${PROJECT}/merge_requests?per_page=2`);
    expect(body).toHaveLength(2);
    expect([headers.get('x-next-page'), headers.get('link')]).toEqual(['2', expect.stringContaining('rel="next"')]);
    expect((await ask('GET', `${PROJECT}/merge_requests?per_page=100`)).headers.get('x-next-page')).toBe('');
  });

  it('sends nothing again that has not changed', async () => {
    const path = await opened();
    const { headers } = await ask('GET', path);
    expect((await ask('GET', path, { headers: { 'if-none-match': headers.get('etag') ?? '' } })).status).toBe(304);
  });

  it('fills in what a new request lacks some time later', async () => {
    const path = await opened();
    expect((await ask('GET', path)).body).toMatchObject({ diff_refs: { head_sha: expect.any(String) as string }, detailed_merge_status: 'mergeable' });
  });

  it('tells neither token nor secret of a hook', async () => {
    await ask('POST', `${PROJECT}/hooks`, { body: { url: 'http://127.0.0.1:9/x', token: 'hush', push_events: true } });
    const { body } = await ask('GET', `${PROJECT}/hooks`);
    expect(JSON.stringify(body)).not.toContain('hush');
  });

  it('follows a page of the documentation with each route', () => {
    expect(skin?.routes.map(({ docs }) => docs).filter((docs) => !docs.startsWith('docs.gitlab.com/api/'))).toEqual([]);
  });
});
