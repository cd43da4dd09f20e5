import { createHmac } from 'node:crypto';
import { InvalidInput } from '@sluice/kernel';
import type { WebhookDelivery } from '@sluice/usecases';
import { gitlabWebhooks } from './webhooks.js';

const SECRET = 'a secret of forty characters or thereabout';
const OLD = 'da1560886d4f094c3e6c9ef40349f7d38b5d27d7';
const NEW = 'b6568db1bc1dcd7f8b4d5a946b0b91f9dacd7327';
const NOBODY = '0'.repeat(40);
const PROJECT = { id: 15, name: 'Shop', path_with_namespace: 'acme/web/shop', default_branch: 'main' };

function delivery(event: string, body: unknown, headers: Readonly<Record<string, string>> = { 'x-gitlab-token': SECRET }): WebhookDelivery {
  return { headers: { 'x-gitlab-event': event, ...headers }, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) };
}

const PUSH = { object_kind: 'push', before: OLD, after: NEW, ref: 'refs/heads/main', user_username: 'ada', project: PROJECT, commits: [{ id: NEW, message: 'x' }], total_commits_count: 1 };
const REQUEST = { object_kind: 'merge_request', user: { username: 'ada' }, project: PROJECT, object_attributes: { iid: 7, source_branch: 'sluice/promote/qa/shop', target_branch: 'qa', action: 'approved' } };

describe('A webhook of GitLab', () => {
  it.each<[string, Readonly<Record<string, string>>, boolean]>([
    ['with its token', { 'x-gitlab-token': SECRET }, true],
    ['with another token of the same length', { 'x-gitlab-token': 'b'.repeat(SECRET.length) }, false],
    ['with a part of its token', { 'x-gitlab-token': SECRET.slice(1) }, false],
    ['with an empty token', { 'x-gitlab-token': '' }, false],
    ['without a token', {}, false],
  ])('%s is believed or not', async (_, headers, believed) => {
    expect(await gitlabWebhooks.verify(delivery('Push Hook', PUSH, headers), SECRET)).toBe(believed);
  });

  it('is never believed when there is no secret', async () => {
    expect(await gitlabWebhooks.verify(delivery('Push Hook', PUSH, { 'x-gitlab-token': '' }), '')).toBe(false);
  });

  it('with a signature is believed for this body, id and time only', async () => {
    const key = Buffer.alloc(32, 7);
    const secret = `whsec_${key.toString('base64')}`;
    const sign = (text: string): string => `v1,${createHmac('sha256', key).update(`msg_1.1700000000.${text}`).digest('base64')}`;
    const headers = { 'webhook-id': 'msg_1', 'webhook-timestamp': '1700000000', 'webhook-signature': `v1,bm9uc2Vuc2U= ${sign(JSON.stringify(PUSH))}` };
    expect(await gitlabWebhooks.verify(delivery('Push Hook', PUSH, headers), secret)).toBe(true);
    expect(await gitlabWebhooks.verify(delivery('Push Hook', { ...PUSH, after: OLD }, headers), secret)).toBe(false);
    expect(await gitlabWebhooks.verify(delivery('Push Hook', PUSH, { ...headers, 'webhook-timestamp': '1700000001' }), secret)).toBe(false);
    expect(await gitlabWebhooks.verify(delivery('Push Hook', PUSH, headers), SECRET)).toBe(false);
  });

  it.each<[string, unknown, unknown]>([
    ['Push Hook', PUSH, { path: 'acme/web/shop', event: { kind: 'push', ref: 'refs/heads/main', before: OLD, after: NEW, by: 'ada', commits: [NEW] } }],
    ['Push Hook', { ...PUSH, before: NOBODY }, { path: 'acme/web/shop', event: { kind: 'push', ref: 'refs/heads/main', after: NEW, by: 'ada', commits: [NEW] } }],
    ['Push Hook', { ...PUSH, after: NOBODY, commits: [] }, { path: 'acme/web/shop', event: { kind: 'push', ref: 'refs/heads/main', before: OLD, by: 'ada', commits: [] } }],
    ['Tag Push Hook', { ...PUSH, ref: 'refs/tags/v1', before: NOBODY }, { path: 'acme/web/shop', event: { kind: 'push', ref: 'refs/tags/v1', after: NEW, by: 'ada', commits: [NEW] } }],
    ['Merge Request Hook', REQUEST, { path: 'acme/web/shop', event: { kind: 'request', number: 7, sourceBranch: 'sluice/promote/qa/shop', targetBranch: 'qa', by: 'ada', about: 'reviews' } }],
    ['Merge Request Hook', { ...REQUEST, object_attributes: { ...REQUEST.object_attributes, action: 'update' } }, { path: 'acme/web/shop', event: { kind: 'request', number: 7, sourceBranch: 'sluice/promote/qa/shop', targetBranch: 'qa', by: 'ada' } }],
    ['Note Hook', { object_kind: 'note', project: PROJECT, object_attributes: { id: 1, note: 'x' }, merge_request: REQUEST.object_attributes }, { path: 'acme/web/shop', event: { kind: 'request', number: 7, sourceBranch: 'sluice/promote/qa/shop', targetBranch: 'qa' } }],
    ['Note Hook', { object_kind: 'note', project: PROJECT, object_attributes: { id: 1, note: 'x' }, issue: { iid: 3 } }, { path: 'acme/web/shop', event: { kind: 'nothing' } }],
    ['Pipeline Hook', { object_kind: 'pipeline', project: PROJECT, object_attributes: { id: 31, sha: NEW, status: 'success' } }, { path: 'acme/web/shop', event: { kind: 'status', commit: NEW } }],
    ['Job Hook', { object_kind: 'build', project: PROJECT, sha: NEW, build_name: 'test', build_status: 'failed' }, { path: 'acme/web/shop', event: { kind: 'status', commit: NEW, context: 'test' } }],
    ['Job Hook', { object_kind: 'build', sha: NEW, build_status: 'failed' }, { event: { kind: 'status', commit: NEW } }],
    ['System Hook', { event_name: 'project_create' }, { event: { kind: 'nothing' } }],
    ['Wiki Page Hook', 'no JSON at all', { event: { kind: 'nothing' } }],
    ['constructor', PUSH, { event: { kind: 'nothing' } }],
  ])('"%s" says where to look', (event, body, told) => {
    expect(gitlabWebhooks.read(delivery(event, body))).toEqual(told);
  });

  it.each<[string, unknown]>([
    ['Push Hook', '{'],
    ['Push Hook', { ...PUSH, after: 'main' }],
    ['Push Hook', { ...PUSH, project: undefined }],
    ['Merge Request Hook', { ...REQUEST, object_attributes: { iid: 'seven' } }],
    ['Pipeline Hook', { project: PROJECT }],
    ['Job Hook', []],
  ])('"%s" with a body that GitLab does not document is refused', (event, body) => {
    expect(() => gitlabWebhooks.read(delivery(event, body))).toThrow(InvalidInput);
  });
});
