import { createHmac, randomBytes } from 'node:crypto';
import { instant, repositoryId } from '@sluice/kernel';
import { ON_EMBEDDED, START_TIMEOUT, startTestServer, type Answer, type TestServer } from '../test-server.fixture.js';

const SECRET = 'the secret of the webhook';
const PUSH = JSON.stringify({
  ref: 'refs/heads/dev',
  before: '1'.repeat(40),
  after: '2'.repeat(40),
  repository: { full_name: 'acme/shop' },
  pusher: { name: 'octocat' },
  sender: { login: 'octocat' },
  commits: [{ id: '2'.repeat(40) }],
});
const SHOP = repositoryId('shop');

describe('webhooks of a repository on another forge', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startTestServer(ON_EMBEDDED, { environment: { SLUICE_ENCRYPTION_KEY: randomBytes(32).toString('base64') } });
    const { ports } = server;
    await ports.forges.saveCredential({ name: 'work', kind: 'github', url: 'https://github.example', sealed: 'unused', changedAt: instant(0) });
    await ports.repositories.add({ id: SHOP, forge: 'github', configBranch: 'main', createdAt: instant(0), remote: { credential: 'work', path: 'acme/shop', hook: ports.sealer.seal(SECRET, 'webhook of shop') } });
    await ports.repositories.add({ id: repositoryId('deaf'), forge: 'github', configBranch: 'main', createdAt: instant(0), remote: { credential: 'work', path: 'acme/deaf' } });
  }, START_TIMEOUT);
  afterAll(() => server.stop());

  const deliver = (body: string, headers: Record<string, string> = {}, to = 'shop'): Promise<Answer> => server.call('POST', `/webhooks/${to}`, { body, headers: { 'x-github-event': 'push', 'x-hub-signature-256': signed(body), ...headers } });
  const woken = async (): Promise<readonly unknown[]> => server.ports.wakeStore.overdue(-1_000, 100);

  it('are taken when they are signed, noted and worked on later', async () => {
    expect(await deliver(PUSH)).toMatchObject({ status: 202, body: { about: 'push' } });
    expect(await woken()).toEqual([{ kind: 'repository', repository: SHOP }]);
    expect([...(await server.ports.forges.pushers(SHOP, ['2'.repeat(40) as never])).values()]).toEqual(['octocat']);
  });

  it('change nothing when they come again', async () => {
    for (let times = 0; times < 5; times += 1) expect((await deliver(PUSH)).status).toBe(202);
    expect(await woken()).toHaveLength(1);
  });

  it('are refused with another signature, none, or another body, and the answer tells nothing', async () => {
    for (const headers of [{ 'x-hub-signature-256': signed(`${PUSH} `) }, { 'x-hub-signature-256': '' }, { 'x-hub-signature-256': 'sha256=zz' }, { 'x-hub-signature-256': `sha1=${'0'.repeat(40)}` }]) {
      const answer = await deliver(PUSH, headers);
      expect(answer).toMatchObject({ status: 401, body: { status: 401, title: 'Unauthorized' } });
      expect(JSON.stringify(answer.body)).not.toContain(SECRET);
    }
    expect((await deliver(PUSH.replace('octocat', 'mallory'), { 'x-hub-signature-256': signed(PUSH) })).status).toBe(401);
  });

  it('are refused when they are not what the forge documents, though they are signed', async () => {
    for (const body of ['', 'not json', '[]', 'null', '{"ref":1}', JSON.stringify({ ref: 'refs/heads/dev', repository: { full_name: 'acme/shop' } })]) {
      const { status } = await deliver(body);
      expect([400, 401]).toContain(status);
    }
  });

  it.each(['application/json; charset=utf-8', 'text/plain', 'application/octet-stream'])('are read whatever type they are said to be of: %s', async (type) => {
    expect(await deliver(PUSH, { 'content-type': type })).toMatchObject({ status: 202, body: { about: 'push' } });
  });

  it('are refused with a type that is none', async () => {
    for (const type of ['no type at all', '']) expect(await deliver(PUSH, { 'content-type': type })).toMatchObject({ status: 415 });
  });

  it('are read of a form, where somebody has chosen that in the settings of the webhook', async () => {
    const form = new URLSearchParams({ payload: PUSH }).toString();
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await deliver(form, type)).toMatchObject({ status: 202, body: { about: 'push' } });
    expect(await deliver(form, { ...type, 'x-hub-signature-256': signed(PUSH) })).toMatchObject({ status: 401 });
    expect(await deliver(new URLSearchParams({ other: PUSH }).toString(), type)).toMatchObject({ status: 400 });
  });

  it('are refused when they are longer than any forge sends, signed or not', async () => {
    const long = JSON.stringify({ ...(JSON.parse(PUSH) as object), filler: 'x'.repeat(25 * 1_048_576) });
    expect(await deliver(long)).toMatchObject({ status: 413 });
    expect(await deliver(PUSH)).toMatchObject({ status: 202 });
  });

  it('are counted by what came of them, and by nothing that whoever sends them chooses', async () => {
    const counted = async () => Object.fromEntries([...String((await server.call('GET', '/metrics')).body).matchAll(/^sluice_webhooks_total\{outcome="([a-z-]+)"\} (\d+)$/gm)].map(([, outcome = '', count]) => [outcome, Number(count)]));
    const before = await counted();
    await deliver(PUSH);
    await deliver(PUSH, { 'x-hub-signature-256': '' });
    await deliver(PUSH, {}, 'nowhere');
    const after = await counted();
    const more = (outcome: string): number => (after[outcome] ?? 0) - (before[outcome] ?? 0);
    expect(['accepted', 'unauthenticated', 'not-found'].map(more)).toEqual([1, 1, 1]);
  });

  it('are nobody’s business for a repository that has none', async () => {
    for (const to of ['deaf', 'nowhere', 'No%2FName', '..%2fshop']) expect((await deliver(PUSH, {}, to)).status).toBe(404);
  });

  it('of other events, and of other repositories, do no harm', async () => {
    expect(await deliver('{"zen":"Keep it logically awesome.","repository":{"full_name":"acme/shop"}}', { 'x-github-event': 'ping' })).toMatchObject({ status: 202 });
    expect(await deliver(PUSH.replace('acme/shop', 'acme/other'))).toMatchObject({ status: 202 });
    expect(await deliver(PUSH, { 'x-github-event': 'an_event_of_tomorrow' })).toMatchObject({ status: 202 });
  });

  it('are never shown with their secret in the log', () => {
    expect(server.logged.some((line) => line.includes(SECRET))).toBe(false);
  });
});

function signed(body: string): string {
  return `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`;
}
