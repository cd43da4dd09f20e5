import { createHmac } from 'node:crypto';
import { InvalidInput } from '@sluice/kernel';
import type { WebhookDelivery } from '@sluice/usecases';
import { startGitea, SHOP } from './gitea.fixture.js';
import { giteaWebhooks } from './webhooks.js';

const SECRET = 'h00k-s3cret';
const [ONE, TWO, NONE] = ['a', 'b', '0'].map((digit) => digit.repeat(40)) as [string, string, string];
const repository = { full_name: 'acme/shop' };

function delivery(event: string, body: unknown, headers: Readonly<Record<string, string>> = {}): WebhookDelivery {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return { body: bytes, headers: { 'x-gitea-event': event, 'x-gitea-signature': sign(bytes), ...headers } };
}

function sign(body: Uint8Array, secret = SECRET): string {
  return createHmac('sha256', secret).update(body).digest('hex');
}

describe('a signature', () => {
  const body = Buffer.from('{"a": 1}');
  const verify = (headers: Readonly<Record<string, string>>, secret = SECRET) => giteaWebhooks.verify({ headers, body }, secret);

  test.each([
    ['Gitea’s', { 'x-gitea-signature': sign(body) }],
    ['Forgejo’s', { 'x-forgejo-signature': sign(body), 'x-gitea-signature': sign(body) }],
    ['in GitHub’s form', { 'x-hub-signature-256': `sha256=${sign(body)}` }],
  ])('that is right is believed: %s', async (_, headers) => {
    expect(await verify(headers)).toBe(true);
  });

  test.each([
    ['none', {}],
    ['an empty one', { 'x-gitea-signature': '' }],
    ['one of another secret', { 'x-gitea-signature': sign(body, 'other') }],
    ['one of another body', { 'x-gitea-signature': sign(Buffer.from('{"a":1}')) }],
    ['half of one', { 'x-gitea-signature': sign(body).slice(0, 32) }],
    ['one with more behind it', { 'x-gitea-signature': `${sign(body)}00` }],
    ['one that is no hex', { 'x-gitea-signature': 'z'.repeat(64) }],
    ['one in the wrong header', { 'x-hub-signature-256': sign(body) }],
    ['one by SHA-1', { 'x-hub-signature': `sha1=${createHmac('sha1', SECRET).update(body).digest('hex')}` }],
    ['a wrong one before a right one', { 'x-forgejo-signature': sign(body, 'other'), 'x-gitea-signature': sign(body) }],
  ])('that is wrong is not: %s', async (_, headers) => {
    expect(await verify(headers)).toBe(false);
  });

  test('of no secret is never right', async () => {
    expect(await verify({ 'x-gitea-signature': sign(body, '') }, '')).toBe(false);
  });
});

describe('a delivery', () => {
  const pull_request = { number: 7, head: { label: 'topic', ref: 'refs/pull/7/head' }, base: { label: 'main', ref: 'main' } };
  const request = { kind: 'request', number: 7, sourceBranch: 'topic', targetBranch: 'main' };
  const push = { ref: 'refs/heads/main', before: ONE, after: TWO, commits: [{ id: TWO }], pusher: { login: 'ada' }, repository };

  test.each<[string, string, unknown, unknown]>([
    ['a push', 'push', push, { kind: 'push', ref: 'refs/heads/main', before: ONE, after: TWO, by: 'ada', commits: [TWO] }],
    ['a new branch', 'push', { ...push, before: NONE, commits: null }, { kind: 'push', ref: 'refs/heads/main', after: TWO, by: 'ada', commits: [] }],
    ['a branch that is gone', 'delete', { ref: 'env/prod', ref_type: 'branch', sender: { login: 'ada' }, repository }, { kind: 'push', ref: 'refs/heads/env/prod', by: 'ada', commits: [] }],
    ['a tag that is gone', 'delete', { ref: 'v1', ref_type: 'tag', sender: { login: 'ada' }, repository }, { kind: 'nothing' }],
    ['a request', 'pull_request', { action: 'opened', number: 7, pull_request, repository, sender: { login: 'ada' } }, { ...request, by: 'ada' }],
    ['a push to a request', 'pull_request_sync', { action: 'synchronized', pull_request, repository }, request],
    ['a label', 'pull_request_label', { action: 'label_updated', pull_request, repository }, { kind: 'nothing' }],
    ['a review', 'pull_request_review_approved', { action: 'reviewed', pull_request, review: { type: 'x' }, repository }, { ...request, about: 'reviews' }],
    ['a review in GitHub’s words', 'pull_request_rejected', { action: 'reviewed', pull_request, repository }, { ...request, about: 'reviews' }],
    ['a comment', 'issue_comment', { action: 'created', is_pull: true, issue: { number: 7 }, pull_request, repository }, request],
    ['a comment of an older version', 'pull_request_comment', { action: 'created', is_pull: true, issue: { number: 7 }, repository }, { kind: 'nothing' }],
    ['a comment on an issue', 'issue_comment', { action: 'created', issue: { number: 8 }, repository }, { kind: 'nothing' }],
    ['a status', 'status', { sha: ONE, context: 'ci', state: 'success', repository }, { kind: 'status', commit: ONE, context: 'ci' }],
    ['a run of Gitea’s actions', 'workflow_run', { action: 'completed', workflow_run: { head_sha: ONE }, repository }, { kind: 'status', commit: ONE }],
    ['a job of Gitea’s actions', 'workflow_job', { action: 'completed', workflow_job: { head_sha: ONE }, repository }, { kind: 'status', commit: ONE }],
    ['a run of Forgejo’s actions', 'action_run_failure', { action: 'failure', run: { commit_sha: ONE, repository } }, { kind: 'status', commit: ONE }],
    ['what Sluice has no use for', 'issues', { action: 'opened', issue: { number: 1 }, repository }, { kind: 'nothing' }],
    ['what nobody knows', 'constructor', { repository }, { kind: 'nothing' }],
  ])('says where to look: %s', (_, event, body, expected) => {
    expect(giteaWebhooks.read(delivery(event, body))).toEqual({ path: 'acme/shop', event: expected });
  });

  test('is read by the very event where the forge says it', () => {
    expect(giteaWebhooks.read(delivery('issue_comment', { pull_request, repository }, { 'x-gitea-event-type': 'pull_request_comment' })).event).toMatchObject({ kind: 'request' });
    expect(giteaWebhooks.read(delivery('x', push, { 'x-forgejo-event': 'push', 'x-gitea-event': '' })).event).toMatchObject({ kind: 'push' });
  });

  test('without an event or a repository says nothing', () => {
    expect(giteaWebhooks.read({ headers: {}, body: Buffer.from('{}') })).toEqual({ event: { kind: 'nothing' } });
  });

  test.each([
    ['no JSON', 'push', 'payload=%7B%7D'],
    ['half of one', 'push', '{"ref":'],
    ['another thing', 'push', { repository, ref: 1 }],
    ['a commit that is none', 'status', { repository, sha: 'HEAD' }],
    ['a number that is none', 'pull_request', { repository, pull_request: { ...pull_request, number: '7' } }],
    ['nothing', 'push', 'null'],
  ])('that is %s is invalid', (_, event, body) => {
    expect(() => giteaWebhooks.read(delivery(event, body))).toThrow(InvalidInput);
  });

  test('read twice is the same', () => {
    const once = delivery('push', push);
    expect(giteaWebhooks.read(once)).toEqual(giteaWebhooks.read(once));
  });
});

describe.each(['gitea', 'forgejo'] as const)('what %s really sends', (kind) => {
  test('is signed, and tells of pushes, requests and reviews', async () => {
    const forge = await startGitea(kind);
    await forge.forge.hook(SHOP, { url: 'http://127.0.0.1:9/hook', secret: SECRET });
    await forge.commit({ branch: 'topic', from: 'main', files: { 'a.yaml': 'a: 1\n' } });
    const { number } = await forge.changes.open(SHOP, { title: 'Topic', body: '', sourceBranch: 'topic', targetBranch: 'main', draft: false });
    forge.shop.review(forge.shop.requests.get(number)!, { state: 'approved', body: '' }, forge.double.accounts.add('grace'));
    await forge.shop.setBranch('topic', undefined, forge.double.accounts.add('grace'));
    await forge.double.deliveries.settled();
    const seen = await Promise.all(
      forge.double.deliveries.all().map(async ({ headers, body }) => {
        const got = { headers, body: Buffer.from(body) };
        return { signed: await giteaWebhooks.verify(got, SECRET), ...giteaWebhooks.read(got) };
      }),
    );
    expect(seen.every(({ signed, path }) => signed && path === 'acme/shop')).toBe(true);
    expect(seen.map(({ event }) => event.kind)).toEqual(expect.arrayContaining(['push', 'request']));
    expect(seen.filter(({ event }) => event.kind === 'push' && event.after === undefined)).toHaveLength(1);
    await forge.stop();
  });
});
