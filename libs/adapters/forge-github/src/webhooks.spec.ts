import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import { InvalidInput } from '@sluice/kernel';
import type { WebhookDelivery } from '@sluice/usecases';
import { githubWebhooks } from './webhooks.js';

interface Example {
  readonly name: string;
  readonly examples: readonly Readonly<Record<string, unknown>>[];
}

const EXAMPLES = createRequire(import.meta.url)('@octokit/webhooks-examples') as readonly Example[];
const SECRET = "It's a Secret to Everybody";

function delivery(event: string, payload: unknown, headers: Readonly<Record<string, string>> = {}): WebhookDelivery {
  return { headers: { 'x-github-event': event, 'content-type': 'application/json', ...headers }, body: Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload)) };
}

function examples(name: string): readonly Readonly<Record<string, unknown>>[] {
  return EXAMPLES.find((one) => one.name === name)?.examples ?? [];
}

describe("the signature of GitHub's webhooks", () => {
  const signed = (body: string, signature: string): Promise<boolean> => githubWebhooks.verify(delivery('push', body, { 'x-hub-signature-256': signature }), SECRET);

  it('is right for the example of the documentation', async () => {
    expect(await signed('Hello, World!', 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17')).toBe(true);
  });

  it('covers the bytes as they came', async () => {
    const body = '{"text":"Größe \\u00e9 😀"}\n';
    const signature = `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;
    expect(await signed(body, signature)).toBe(true);
    expect(await signed(`\ufeff${body}`, signature)).toBe(false);
    expect(await signed(body.trim(), signature)).toBe(false);
  });

  it.each([
    ['another secret', `sha256=${createHmac('sha256', 'other').update('{}').digest('hex')}`],
    ['the older kind', `sha1=${createHmac('sha1', SECRET).update('{}').digest('hex')}`],
    ['half of it', `sha256=${createHmac('sha256', SECRET).update('{}').digest('hex').slice(0, 32)}`],
    ['nothing', ''],
    ['a word', 'sha256=zzz'],
  ])('is wrong with %s', async (_what, signature) => {
    expect(await signed('{}', signature)).toBe(false);
  });

  it('is wrong without a header, without a body, with an empty secret, and for bytes that are no text', async () => {
    const signature = `sha256=${createHmac('sha256', SECRET).update('{}').digest('hex')}`;
    expect(await githubWebhooks.verify(delivery('push', '{}'), SECRET)).toBe(false);
    expect(await signed('', `sha256=${createHmac('sha256', SECRET).update('').digest('hex')}`)).toBe(false);
    expect(await githubWebhooks.verify(delivery('push', '{}', { 'x-hub-signature-256': signature }), '')).toBe(false);
    expect(await githubWebhooks.verify({ headers: { 'x-hub-signature-256': signature }, body: new Uint8Array([0xff, 0xfe, 0x80]) }, SECRET)).toBe(false);
  });
});

describe("what GitHub's webhooks say", () => {
  it.each(EXAMPLES.flatMap(({ name, examples: all }) => all.map((payload, index) => [name, index, payload] as const)))('is read of the published example %s %d', (name, _index, payload) => {
    const { event, path } = githubWebhooks.read(delivery(name, payload));
    const kinds: Readonly<Record<string, string>> = { push: 'push', pull_request: 'request', pull_request_review: 'request', pull_request_review_comment: 'request', pull_request_review_thread: 'request', status: 'status', check_run: 'status', check_suite: 'status' };
    const labels = ['labeled', 'unlabeled'].includes(String(payload['action']));
    expect(event.kind).toBe(labels ? 'nothing' : (kinds[name] ?? 'nothing'));
    if ('repository' in payload) expect(path).toBe((payload['repository'] as { full_name: string }).full_name);
  });

  it('is who pushed what to where', () => {
    const [first] = examples('push');
    const [before, after, commit] = ['a', 'b', 'c'].map((digit) => digit.repeat(40));
    const push = { ...first, ref: 'refs/heads/env/dev', before, after, commits: [{ id: commit }, { id: after }], sender: { login: 'ada' } };
    expect(githubWebhooks.read(delivery('push', push)).event).toEqual({ kind: 'push', ref: 'refs/heads/env/dev', before, after, by: 'ada', commits: [commit, after] });
  });

  it('is a branch that was deleted or made', () => {
    const [push] = examples('push');
    const none = '0'.repeat(40);
    expect(githubWebhooks.read(delivery('push', { ...push, after: none })).event).not.toHaveProperty('after');
    expect(githubWebhooks.read(delivery('push', { ...push, before: none })).event).not.toHaveProperty('before');
  });

  it('is the request and its branches, and that one of a fork is none of ours', () => {
    const [example] = examples('pull_request');
    const pull = (example as { pull_request: { number: number; head: { ref: string; label: string; repo: { full_name: string } }; base: { ref: string } } }).pull_request;
    expect(githubWebhooks.read(delivery('pull_request', example)).event).toEqual({ kind: 'request', number: pull.number, sourceBranch: pull.head.ref, targetBranch: pull.base.ref, by: (example?.['sender'] as { login: string }).login });
    const forked = { ...example, pull_request: { ...pull, head: { ...pull.head, label: 'mallory:main', repo: { full_name: 'mallory/shop' } } } };
    expect(githubWebhooks.read(delivery('pull_request', forked)).event).toMatchObject({ sourceBranch: 'mallory:main' });
    const gone = { ...example, pull_request: { ...pull, head: { ...pull.head, label: null, repo: null } } };
    expect(githubWebhooks.read(delivery('pull_request', gone)).event).toMatchObject({ sourceBranch: `unknown:${pull.head.ref}` });
  });

  it('is read of a form as well, which a hook that was made by hand may send', () => {
    const [example] = examples('status');
    const form = new URLSearchParams({ payload: JSON.stringify(example) }).toString();
    expect(githubWebhooks.read(delivery('status', form, { 'content-type': 'application/x-www-form-urlencoded' })).event.kind).toBe('status');
  });

  it.each(['deployment_of_tomorrow', 'constructor', '__proto__'])('is nothing for %s, an event that is not known', (name) => {
    expect(githubWebhooks.read(delivery(name, { kind: 'push', repository: { full_name: 'acme/shop' } }))).toEqual({ path: 'acme/shop', event: { kind: 'nothing' } });
  });

  it.each([
    ['no JSON', 'push', '{"ref":'],
    ['a list', 'push', []],
    ['nothing', 'ping', 'null'],
    ['a push without a branch', 'push', { repository: { full_name: 'acme/shop' } }],
    ['a push of what is no commit', 'push', { ref: 'refs/heads/main', before: 'x', after: 'y', pusher: { name: 'ada' } }],
    ['a request without a number', 'pull_request', { pull_request: {} }],
    ['a status without a commit', 'status', {}],
  ])('is refused when the body is %s', (_what, event, payload) => {
    expect(() => githubWebhooks.read(delivery(event, payload))).toThrow(InvalidInput);
  });
});
