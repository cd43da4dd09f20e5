import { inspect } from 'node:util';
import { Busy, Forbidden, NotFound, Unauthenticated, Unavailable } from '@sluice/kernel';
import { fakeForgeMemory } from '@sluice/testing';
import { SHOP, startGitea, type TestGitea } from './gitea.fixture.js';

const SECRET = 'v3ry-s3cret-t0ken';
const HOOK = { url: 'http://127.0.0.1:1/hooks/1', secret: 'h00k-s3cret' };

describe.each(['gitea', 'forgejo'] as const)('access to %s', (kind) => {
  let forge: TestGitea;
  beforeEach(async () => {
    forge = await startGitea(kind);
  });
  afterEach(async () => {
    expect(forge.double.unexpected()).toEqual([]);
    await forge.stop();
  });
  const request = { title: 'Topic', body: '', sourceBranch: 'topic', targetBranch: 'main', draft: false };
  const topic = () => forge.commit({ branch: 'topic', from: 'main', files: { 'a.yaml': 'a: 1\n' } });

  test('a credential that can do everything lacks nothing', async () => {
    expect(await forge.forge.check(SHOP)).toEqual({ login: 'sluice-bot', path: 'acme/shop', defaultBranch: 'main', mergeMethods: ['merge', 'squash', 'rebase'], missing: [], notes: [] });
    expect(forge.shop.requests.size).toBe(0);
  });

  test.each([
    ['the scope to write', { repository: 'read', issue: 'read', user: 'read' }, { missing: [/^scope write:repository \(opens and merges/], notes: [] }],
    ['the scope to see who it is', { repository: 'write', issue: 'read' }, { missing: [/^scope read:user/], notes: [] }],
    ['the scope to see issues', { repository: 'write', user: 'read' }, { missing: [], notes: [/without the scope read:issue nobody can tell who closed/] }],
    ['write access', { repository: 'write', issue: 'read', user: 'read', permission: 'read' }, { missing: [/^write access to the repository/], notes: [/somebody has to do that by hand/] }],
    ['administration', { repository: 'write', issue: 'read', user: 'read', permission: 'write' }, { missing: [], notes: [/cannot register its webhook/] }],
  ])('what is missing is named: %s', async (_, rights, expected) => {
    forge.grant(SECRET, rights);
    const { missing, notes } = await forge.forge.check(SHOP);
    expect(missing).toEqual(expected.missing.map((text) => expect.stringMatching(text) as string));
    expect(notes).toEqual(expected.notes.map((text) => expect.stringMatching(text) as string));
  });

  test('what the settings will do to Sluice is noted', async () => {
    forge.shop.settings.deleteBranchOnMerge = true;
    forge.shop.protections.set('prod', { checks: ['ci/test'], approvals: 2 });
    const { notes } = await forge.forge.check(SHOP);
    expect(notes).toEqual([expect.stringMatching(/delete the branch after a merge/), 'the protection of prod wants 2 approvals on the forge: approvals in Sluice count there only of people who have linked their account', 'the protection of prod wants successful statuses: ci/test']);
  });

  test('an archived repository cannot be used', async () => {
    forge.shop.settings.archived = true;
    expect((await forge.forge.check(SHOP)).missing).toEqual([expect.stringMatching(/not archived/)]);
  });

  test('a repository to which nothing was pushed yet has no requests', async () => {
    forge.shop.settings.empty = true;
    expect((await forge.forge.check(SHOP)).missing).toEqual([]);
    expect(await forge.changes.list(SHOP, { limit: 10 })).toEqual([]);
    expect(await forge.changes.list(SHOP, { sourceBranch: 'sluice/promote/qa/checkout', limit: 10 })).toEqual([]);
  });

  test('a repository that was renamed is told by the name that it has now', async () => {
    await forge.double.move('acme/shop', 'beta/store');
    expect(await forge.forge.check(SHOP)).toMatchObject({ login: 'sluice-bot', path: 'beta/store', missing: [] });
    await expect(forge.changes.open(SHOP, request)).rejects.toThrow(/is its address still right/);
  });

  test('a credential that is none any more says what to do', async () => {
    forge.double.accounts.revoke('t0ken-of-the-b0t');
    await expect(forge.forge.check(SHOP)).rejects.toThrow(Unauthenticated);
    await expect(forge.changes.list(SHOP, { limit: 1 })).rejects.toThrow(/`sluice credential rotate`/);
  });

  test('a rotated credential is used from the next call on, without a restart', async () => {
    forge.double.accounts.revoke('t0ken-of-the-b0t');
    await expect(forge.changes.list(SHOP, { limit: 1 })).rejects.toThrow(Unauthenticated);
    forge.grant(SECRET);
    expect(await forge.changes.list(SHOP, { limit: 1 })).toEqual([]);
    expect(await forge.access.locate(SHOP)).toMatchObject({ url: `${forge.double.url}/acme/shop.git`, credential: { password: SECRET } });
  });

  test('a credential of another kind is refused before anything is sent', async () => {
    const { connectGitea } = await import('./connect-gitea.js');
    const app = connectGitea({ kind, url: forge.double.url, secret: () => Promise.resolve({ kind: 'app', appId: 1, privateKey: SECRET }) }, { path: () => Promise.resolve('acme/shop'), fetch, memory: fakeForgeMemory(), clock: () => 0 as never });
    await expect(app.check(SHOP)).rejects.toThrow(/with an access token, not with an app/);
    expect(forge.double.log.calls()).toEqual([]);
  });

  test('a webhook is registered once, kept up to date, and taken away', async () => {
    await forge.forge.hook(SHOP, HOOK);
    await forge.forge.hook(SHOP, { ...HOOK, secret: 'another' });
    expect([...forge.shop.hooks.values()]).toMatchObject([{ url: HOOK.url, secret: 'another', active: true, settings: { type: kind }, events: expect.arrayContaining(['push', 'pull_request', 'delete', 'status']) as string[] }]);
    await forge.forge.unhook(SHOP, HOOK.url);
    await forge.forge.unhook(SHOP, HOOK.url);
    expect(forge.shop.hooks.size).toBe(0);
  });

  test('who may not register a webhook is told what is missing', async () => {
    forge.grant(SECRET, { repository: 'write', user: 'read', permission: 'write' });
    await expect(forge.forge.hook(SHOP, HOOK)).rejects.toThrow(Forbidden);
    await expect(forge.forge.hook(SHOP, HOOK)).rejects.toThrow(/administration of the repository/);
  });

  test('a repository that is not there, or not for the credential, is not found', async () => {
    forge.double.repositories.clear();
    await expect(forge.forge.check(SHOP)).rejects.toThrow(NotFound);
  });

  test('without the scope for issues requests are still understood', async () => {
    await topic();
    const { number } = await forge.changes.open(SHOP, request);
    forge.grant(SECRET, { repository: 'write', user: 'read' });
    forge.shop.close(forge.shop.requests.get(number)!, forge.double.accounts.add('grace'));
    const closed = await forge.changes.get(SHOP, number);
    expect(closed).toMatchObject({ state: 'closed' });
    expect(closed.closedBy).toBeUndefined();
  });

  test('a limit of whatever stands before the forge stops calls until its time, in other processes too', async () => {
    forge.double.faults.inject({ fault: { kind: 'answer', answer: { status: 429, headers: { 'retry-after': '120' } } }, times: 1 });
    await expect(forge.changes.list(SHOP, { limit: 1 })).rejects.toThrow(Busy);
    await expect(forge.connect().changes.list(SHOP, { limit: 1 })).rejects.toThrow(Busy);
    expect(forge.double.log.calls()).toHaveLength(1);
  });

  test.each([
    ['500', { kind: 'answer', answer: { status: 500, body: { message: '' } } }],
    ['502', { kind: 'answer', answer: { status: 502, body: {} } }],
    ['a connection that breaks', { kind: 'reset' }],
    ['an answer that is cut off', { kind: 'cut off' }],
    ['half an answer', { kind: 'half a body' }],
  ] as const)('%s is something to try again', async (_, fault) => {
    forge.double.faults.inject({ fault });
    await expect(forge.changes.list(SHOP, { limit: 1 })).rejects.toThrow(Unavailable);
  });

  test.each([
    ['a page', '<!DOCTYPE html>'],
    ['another forge', { error: '404 Not Found' }],
  ])('%s at its address is told as what it is', async (_, body) => {
    forge.double.faults.inject({ fault: { kind: 'answer', answer: { status: 404, body } } });
    await expect(forge.forge.check(SHOP)).rejects.toThrow(/what answers there is not (Gitea|Forgejo)'s API: is the address right/);
  });

  test('an answer that is none of this API says to look at the address', async () => {
    forge.double.faults.inject({ fault: { kind: 'answer', answer: { status: 200, body: { hello: 'world' } } } });
    await expect(forge.changes.list(SHOP, { limit: 1 })).rejects.toThrow(/something else than (Gitea|Forgejo)'s API documents/);
  });

  test('no secret is in what fails, in what is remembered, or in an address', async () => {
    const failures: unknown[] = [];
    const attempt = (work: Promise<unknown>) => work.catch((error: unknown) => failures.push(error));
    for (const rights of [{}, { repository: 'read', user: 'read', permission: 'read' }] as Readonly<Record<string, string>>[]) {
      forge.grant(SECRET, rights);
      await attempt(forge.changes.open(SHOP, request));
      await attempt(forge.forge.hook(SHOP, HOOK));
      await attempt(forge.statuses.set(SHOP, 'a'.repeat(40) as never, [{ context: 'x', state: 'pending', description: '', by: 'x' }]));
    }
    for (const status of [400, 401, 403, 404, 409, 422, 423, 500, 502]) {
      const undo = forge.double.faults.inject({ fault: { kind: 'answer', answer: { status, body: { message: `you sent token ${SECRET} and ${HOOK.url}` } } } });
      await attempt(forge.changes.get(SHOP, 1));
      undo();
    }
    forge.double.accounts.revoke(SECRET);
    await attempt(forge.forge.check(SHOP));
    expect(failures.length).toBeGreaterThan(12);
    const seen = inspect([failures, forge.memory.entries, forge.double.log.calls()], { depth: null, showHidden: true });
    expect(seen).not.toContain(SECRET);
    expect(seen).not.toContain(HOOK.secret);
  });
});
