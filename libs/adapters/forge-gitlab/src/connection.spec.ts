import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Busy, Forbidden, InvalidInput, messageOf, SluiceError, Unauthenticated, Unavailable } from '@sluice/kernel';
import type { WebhookDelivery } from '@sluice/usecases';
import { runGit } from '@sluice/git-process';
import { BOT, opened, PATH, SHOP, startGitlab, takeCounts, TOKEN, type TestGitlab } from './gitlab.fixture.js';
import { connectGitlab } from './connect-gitlab.js';
import { gitlabWebhooks } from './webhooks.js';

describe('A connection to GitLab', () => {
  let gitlab: TestGitlab;
  beforeAll(async () => {
    gitlab = await startGitlab();
  });
  afterAll(() => gitlab.stop());

  it('lets git fetch and push with the token', async () => {
    const { url, credential } = await gitlab.access.locate(SHOP);
    expect(url).toBe(`${gitlab.double.url}/${PATH}.git`);
    const folder = await mkdtemp(join(tmpdir(), 'sluice-gitlab-'));
    const authorization = Buffer.from(`${credential?.username}:${credential?.password}`).toString('base64');
    const env = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'http.extraHeader', GIT_CONFIG_VALUE_0: `Authorization: Basic ${authorization}` };
    await runGit(['init', '-q', '--bare', folder], { gitDir: folder });
    await runGit(['fetch', '-q', url, 'main'], { gitDir: folder, env });
    await runGit(['push', '-q', url, 'FETCH_HEAD:refs/heads/pushed'], { gitDir: folder, env });
    await rm(folder, { recursive: true });
    expect(await gitlab.project.git.head('pushed')).toBe(await gitlab.project.git.head('main'));
    expect(gitlab.project.pushes.at(-1)?.by.login).toBe(BOT);
  });

  it('works where the instance lives below a path', async () => {
    const asked: string[] = [];
    const below = gitlab.again({
      url: `${gitlab.double.url}/tools/gitlab/`,
      fetch: (input, init) => {
        asked.push(String(input));
        return fetch(String(input).replace('/tools/gitlab/', '/'), init);
      },
    });
    expect((await below.access.locate(SHOP)).url).toBe(`${gitlab.double.url}/tools/gitlab/${PATH}.git`);
    await below.statuses.list(SHOP, (await gitlab.project.git.head('main')) ?? ('' as never));
    expect(asked).toEqual([expect.stringMatching(/\/tools\/gitlab\/api\/v4\/projects\/acme%2Fweb%2Fshop\/repository\/commits\//)]);
  });

  it('asks for the project\'s settings at most once an hour, and is sent nothing that has not changed', async () => {
    const { change, head } = await opened(gitlab);
    const refused = (): unknown => gitlab.again().changes.merge(SHOP, change.number, { expectedHead: head, by: 'ada', method: 'rebase' });
    gitlab.memory.entries.clear();
    takeCounts(gitlab);
    await refused();
    await refused();
    expect(takeCounts(gitlab)).toEqual({ 'GET ': 1 });
    await gitlab.memory.forget('project:');
    await refused();
    expect(gitlab.double.log.calls().map(({ status }) => status)).toEqual([304]);
  });

  it('takes the new credential after a rotation without being made anew', async () => {
    let token = 'glpat-the-old-one';
    gitlab.double.accounts.grant(BOT, { token, kind: 'project', rights: { scopes: 'api' } });
    const rotated = gitlab.again({ token: () => token });
    const { change } = await opened(gitlab);
    await rotated.changes.get(SHOP, change.number);
    gitlab.double.accounts.revoke(token);
    await expect(rotated.changes.get(SHOP, change.number)).rejects.toBeInstanceOf(Unauthenticated);
    token = 'glpat-the-new-one';
    gitlab.double.accounts.grant(BOT, { token, kind: 'project', rights: { scopes: 'api' } });
    expect((await rotated.changes.get(SHOP, change.number)).number).toBe(change.number);
  });

  it('does not take an app for a token', async () => {
    const app = connectGitlab({ kind: 'gitlab', url: gitlab.double.url, secret: () => Promise.resolve({ kind: 'app', appId: 1, privateKey: 'x' }) }, { path: () => Promise.resolve(PATH), fetch, memory: gitlab.memory, clock: () => Date.now() as never });
    await expect(app.check(SHOP)).rejects.toBeInstanceOf(InvalidInput);
  });
});

describe('Faults of GitLab', () => {
  let gitlab: TestGitlab;
  beforeEach(async () => {
    gitlab = await startGitlab();
  });
  afterEach(() => gitlab.stop());

  it.each([502, 503])('%i is asked again when only something was read', async (status) => {
    const { change } = await opened(gitlab);
    gitlab.double.faults.inject({ times: 1, fault: { kind: 'answer', answer: { status, body: { message: 'x' } } } });
    expect((await gitlab.changes.get(SHOP, change.number)).number).toBe(change.number);
    gitlab.double.faults.inject({ times: 1, fault: { kind: 'answer', answer: { status, body: { message: 'x' } } } });
    await expect(gitlab.changes.update(SHOP, change.number, { body: 'x' })).rejects.toBeInstanceOf(Unavailable);
  });

  it.each(['reset', 'lost answer', 'cut off', 'half a body'] as const)('an answer that does not come whole (%s) is asked for again', async (kind) => {
    const { change } = await opened(gitlab);
    gitlab.double.faults.inject({ times: 1, fault: { kind } });
    expect((await gitlab.changes.get(SHOP, change.number)).number).toBe(change.number);
  });

  it('a request that was opened although the answer was lost is found the next time', async () => {
    const { change } = await opened(gitlab);
    const other = { ...change, targetBranch: 'main', draft: false };
    gitlab.double.faults.inject({ times: 1, of: ({ method }) => method === 'POST', fault: { kind: 'lost answer' } });
    await expect(gitlab.changes.open(SHOP, other)).rejects.toBeInstanceOf(Unavailable);
    expect((await gitlab.changes.open(SHOP, other)).number).toBe(change.number + 1);
  });

  it('a rate limit is kept by every process until its time', async () => {
    const { change } = await opened(gitlab);
    const limit = { status: 429, headers: { 'retry-after': '90', 'ratelimit-remaining': '0', 'ratelimit-limit': '2000' }, body: { message: { error: 'This endpoint has been requested too many times. Try again later.' } } };
    gitlab.double.faults.inject({ times: 1, fault: { kind: 'answer', answer: limit } });
    const before = Date.now();
    const failure = await gitlab.changes.get(SHOP, change.number).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Busy);
    expect((failure as Busy).until).toBeGreaterThanOrEqual(before + 89_000);
    takeCounts(gitlab);
    await expect(gitlab.again().changes.get(SHOP, change.number)).rejects.toBeInstanceOf(Busy);
    expect(takeCounts(gitlab)).toEqual({});
  });

  it('a quota that is used up is not asked for more', async () => {
    const { change } = await opened(gitlab);
    gitlab.skin.quota = 0;
    expect((await gitlab.changes.get(SHOP, change.number)).number).toBe(change.number);
    takeCounts(gitlab);
    await expect(gitlab.again().changes.get(SHOP, change.number)).rejects.toBeInstanceOf(Busy);
    expect(takeCounts(gitlab)).toEqual({});
  });

  it('an answer that is none of GitLab\'s says so', async () => {
    const { change } = await opened(gitlab);
    gitlab.double.faults.inject({ times: 1, fault: { kind: 'answer', answer: { status: 200, body: '<html>Sign in</html>' } } });
    await expect(gitlab.changes.get(SHOP, change.number)).rejects.toThrow(/is its address right\?/);
  });

  it('an error never holds the credential, also when GitLab says it back', async () => {
    const { change, head } = await opened(gitlab);
    const failures: unknown[] = [];
    for (const status of [400, 401, 403, 404, 405, 409, 413, 418, 422, 429, 500]) {
      const fresh = gitlab.again({ memory: (await import('./gitlab.fixture.js')).forgeMemory() });
      const answer = { status, body: { message: `token ${TOKEN} is wrong`, error: TOKEN } };
      const remove = gitlab.double.faults.inject({ fault: { kind: 'answer', answer } });
      const work = [() => fresh.changes.get(SHOP, change.number), () => fresh.changes.open(SHOP, { ...change, draft: false }), () => fresh.changes.merge(SHOP, change.number, { expectedHead: head, by: 'ada' }), () => fresh.check(SHOP), () => fresh.hook(SHOP, { url: 'http://127.0.0.1:1/x', secret: 'hush-hush-hush' }), () => fresh.statuses.set(SHOP, head, [{ context: 'a', state: 'success', description: '', by: 'x' }])];
      for (const run of work) failures.push(await run().catch((error: unknown) => error));
      remove();
    }
    failures.push(await gitlab.again({ fetch: () => Promise.reject(new Error(`bad header ${TOKEN}`)), memory: (await import('./gitlab.fixture.js')).forgeMemory() }).changes.get(SHOP, 1).catch((error: unknown) => error));
    for (const failure of failures) {
      expect(failure).toBeInstanceOf(SluiceError);
      const { details, cause, stack } = failure as SluiceError;
      const said = [messageOf(failure), JSON.stringify(details), messageOf(cause), String(stack)].join('\n');
      expect(said).not.toContain(TOKEN);
      expect(said).not.toContain('hush-hush-hush');
    }
  });
});

describe('The webhook of a project on GitLab', () => {
  let gitlab: TestGitlab;
  let receiver: Server;
  let url: string;
  const received: WebhookDelivery[] = [];
  const secret = 'a secret for this hook';

  beforeAll(async () => {
    gitlab = await startGitlab({ deliverFirst: true });
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
        received.push({ headers: request.headers as Record<string, string>, body: Buffer.concat(chunks) });
        response.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hooks/shop`;
  });
  afterAll(async () => {
    await gitlab.stop();
    await new Promise((resolve) => receiver.close(resolve));
  });

  it('is made once, and brought up to date', async () => {
    await gitlab.hook(SHOP, { url, secret: 'the old secret' });
    await gitlab.hook(SHOP, { url, secret });
    expect([...gitlab.project.hooks.values()].map((hook) => [hook.url, hook.secret])).toEqual([[url, secret]]);
  });

  it('tells of pushes, requests, approvals, notes and statuses before the call that made them has its answer', async () => {
    received.length = 0;
    const { change, head } = await opened(gitlab);
    await gitlab.statuses.set(SHOP, head, [{ context: 'a', state: 'success', description: '', by: 'x' }]);
    const request = gitlab.project.requests.get(change.number);
    if (request) gitlab.project.review(request, { state: 'approved', body: '' }, gitlab.double.accounts.add('grace'));
    await gitlab.changes.close(SHOP, change.number, { by: 'ada' });
    await gitlab.double.deliveries.settled();
    const events = received.map((delivery) => gitlabWebhooks.read(delivery));
    expect(new Set(events.map(({ path }) => path))).toEqual(new Set([PATH]));
    expect(events.map(({ event }) => event)).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ kind: 'push', ref: `refs/heads/${change.sourceBranch}`, after: head }),
        { kind: 'request', number: change.number, sourceBranch: change.sourceBranch, targetBranch: change.targetBranch, by: 'grace', about: 'reviews' },
        { kind: 'status', commit: head },
      ]),
    );
    expect(await Promise.all(received.map((delivery) => gitlabWebhooks.verify(delivery, secret)))).not.toContain(false);
    expect(await Promise.all(received.map((delivery) => gitlabWebhooks.verify(delivery, 'the old secret')))).not.toContain(true);
  });

  it('is taken away, also when it is gone already', async () => {
    await gitlab.unhook(SHOP, url);
    await gitlab.unhook(SHOP, url);
    expect(gitlab.project.hooks.size).toBe(0);
  });

  it('is refused to who is no maintainer', async () => {
    gitlab.double.accounts.grant(BOT, { token: 'glpat-developer', kind: 'project', rights: { scopes: 'api', role: '30' } });
    const failure = gitlab.again({ token: () => 'glpat-developer' }).hook(SHOP, { url, secret });
    await expect(failure).rejects.toBeInstanceOf(Forbidden);
    await expect(failure).rejects.toThrow(/needs the role of a maintainer/);
  });
});
