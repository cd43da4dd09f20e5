import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { API } from '@sluice/contracts';
import { SlackDouble, textOf, type SlackMessage } from '@sluice/slack-double';
import { LocalSystem, describeCombinations, freePort, type Services } from '@sluice/testing';
import { CLI, childrenOf, eventually } from './observe.fixture.js';
import { WorkTree } from './work-tree.js';

const run = promisify(execFile);
const FILE = 'apps/shop/config.yaml';
const PIPELINE = `apiVersion: sluice.dev/v1
kind: Pipeline
metadata: { name: test }
spec:
  environments:
    - { name: dev, branch: dev }
    - { name: qa, branch: qa, from: [dev], approvals: { required: 1, from: ["*"] } }
  applications: [{ name: shop, paths: ["apps/shop/**"] }]
`;
const files = (value: string): ReadonlyMap<string, string> => new Map([[FILE, `kind: ConfigMap\nmetadata: { name: shop }\ndata: { value: "${value}" }\n`]]);
const BOT = 'slack-bot/dist/main.js';

describeCombinations('a whole system with its Slack bot', (combination) => {
  let services: Services;
  let slack: SlackDouble;
  let seed: WorkTree;
  let system: LocalSystem;
  let tree: WorkTree;
  const lines: string[] = [];

  beforeAll(async () => {
    services = await combination.start();
    slack = await SlackDouble.start();
    seed = await WorkTree.create();
    await seed.orphan('main', new Map([['sluice.yaml', PIPELINE]]));
    for (const environment of ['dev', 'qa']) await seed.orphan(environment, files('0'));
    const backing = services.kind === 'postgres+redis' ? { backing: { database: services.databaseUrl, redis: services.redis.url } } : {};
    const environment = { SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLUICE_SLACK_CHANNELS: '*=C1', SLUICE_SLACK_API_URL: slack.apiUrl };
    system = await LocalSystem.start({ repository: seed.folder, ...backing, options: ['--slack'], environment, onLine: (line) => void lines.push(line) });
    // whose commits they are
    await system.call(API.savePerson, { body: { name: 'ada', displayName: 'Ada', emails: ['ada@example.org'] } });
    tree = await WorkTree.create(system.gitEnvironment);
    await tree.git('remote', 'add', 'origin', system.repository);
    await tree.git('fetch', '--quiet', 'origin');
    await tree.git('checkout', '--quiet', '-B', 'dev', 'origin/dev');
    await eventually('the beginning is recorded', async () => (await system.call(API.matrix, { params: { repository: system.repositoryId } })).cells.some(({ environment: name, condition }) => name === 'qa' && condition === 'in-sync'));
    await eventually('the bot listens', async () => Promise.resolve(lines.some((line) => line.includes('bot listens'))));
  }, 240_000);
  afterAll(async () => {
    await tree?.remove();
    await system?.stop();
    await slack?.stop();
    await seed?.remove();
    await services?.stop();
  }, 60_000);

  const bot = async (): Promise<number> => (await childrenOf(system.pid, BOT))[0] ?? 0;
  const push = async (value: string): Promise<void> => {
    await tree.replace(files(value), `value ${value}`);
    await tree.git('push', '--quiet', 'origin', 'dev');
  };
  const offering = (): SlackMessage | undefined => slack.posts().find(({ blocks }) => blocks.some((block) => block.type === 'actions' && block.elements.some(({ action_id }) => action_id === 'approve')));
  const told = async (what: string): Promise<SlackMessage> => {
    await eventually(what, () => Promise.resolve(offering() !== undefined));
    return offering()!;
  };
  const decided = (parent: SlackMessage) => textOf(parent.blocks).includes('Approved by');
  /** Somebody else than who pushes. */
  const person = async () => {
    const user = slack.user('UGRACE');
    if (user.told().length === 0) {
      await system.call(API.savePerson, { body: { name: 'grace', displayName: 'Grace', emails: ['grace@example.org'] } });
      await user.command(`link ${(await system.call(API.createSlackCode, { token: await system.tokenOf('grace') })).code}`);
      await eventually('the account is linked', () => Promise.resolve(user.told().some(({ text }) => text.includes('in Sluice now'))));
    }
    return user;
  };
  const inQa = async () => (await tree.git('ls-remote', 'origin', 'refs/heads/qa')).slice(0, 40);

  it('tells of a promotion, and brings it on when somebody approves', async () => {
    const before = await inQa();
    await push('1');
    const parent = await told('the promotion is told');
    await (await person()).click(parent, 'approve');
    await eventually('it is merged', async () => (await inQa()) !== before);
    await eventually('the message says so', () => Promise.resolve(decided(parent)));
  }, 180_000);

  it('goes on after kill -9 of the bot in the middle of its work: nothing is told twice, and nothing is lost', async () => {
    const posts = slack.calls('chat.postMessage').length;
    await push('2');
    await eventually('the bot is at it', () => Promise.resolve(slack.calls('chat.postMessage').length > posts));
    const killed = await bot();
    process.kill(killed, 'SIGKILL');
    await eventually('it is back', async () => ![0, killed].includes(await bot()));
    await slack.socket.connected();
    const parent = await told('the promotion is told');
    const before = await inQa();
    await eventually('a click counts', async () => {
      if (!decided(parent)) await (await person()).click(parent, 'approve');
      return (await inQa()) !== before;
    });
    await eventually('the message says so', () => Promise.resolve(decided(parent)));
    const promotions = slack.posts().map(({ metadata }) => JSON.stringify(metadata?.event_payload));
    expect(new Set(promotions).size).toBe(promotions.length);
    expect(lines.some((line) => line.includes('the Slack bot has ended (signal SIGKILL'))).toBe(true);
    expect(slack.unexpected()).toEqual([]);
  }, 240_000);

  it('has a bot that ends when it is told to, also while Slack is away, and comes back', async () => {
    const ended = await bot();
    slack.setDown(true);
    process.kill(ended, 'SIGTERM');
    await eventually('it is gone', async () => Promise.resolve(!isThere(ended)), 20_000);
    slack.setDown(false);
    await eventually('it is back', async () => ![0, ended].includes(await bot()));
  }, 120_000);

  it('shows how the bot is, and no secret anywhere', async () => {
    await eventually('it is told', async () => (await run(process.execPath, [CLI, 'slack', 'status', '--data', system.data])).stdout.includes('workspace T1: last there'));
    const { token } = JSON.parse(await readFile(join(system.data, 'slack-bot.json'), 'utf8')) as { token: string };
    const said = [...lines, await readFile(join(system.data, 'logs', 'slack-bot.log'), 'utf8'), await readFile(join(system.data, 'logs', 'server.log'), 'utf8')].join('\n');
    for (const secret of [token, slack.botToken, slack.appToken]) expect(said).not.toContain(secret);
  }, 60_000);

  it('ends with `sluice down`, the bot as well', async () => {
    const children = await childrenOf(system.pid);
    expect(await run(process.execPath, [CLI, 'down', '--data', system.data])).toMatchObject({ stdout: 'Sluice has ended.\n' });
    expect(children.filter(isThere)).toEqual([]);
  }, 60_000);
});

describe('sluice up --slack', () => {
  let slack: SlackDouble;
  let data: string;
  beforeAll(async () => {
    slack = await SlackDouble.start();
    data = await mkdtemp(join(tmpdir(), 'sluice-slack-'));
  });
  afterAll(async () => {
    await slack.stop();
    await rm(data, { recursive: true, force: true });
  });
  const up = async (environment: Readonly<Record<string, string>>, ...options: readonly string[]) => {
    const args = [CLI, 'up', '--no-example', '--data', join(data, 'data'), '--port', String(await freePort()), '--slack', ...options];
    return run(process.execPath, args, { env: { PATH: process.env['PATH'], HOME: data, ...environment } }).then(
      () => ({ code: 0, stderr: '' }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
    );
  };
  const right = () => ({ SLACK_BOT_TOKEN: slack.botToken, SLACK_APP_TOKEN: slack.appToken, SLUICE_SLACK_CHANNELS: '*=C1', SLUICE_SLACK_API_URL: slack.apiUrl });

  it('names what is missing, and starts nothing', async () => {
    const { code, stderr } = await up({});
    expect(code).toBe(2);
    for (const name of ['SLUICE_SLACK_BOT_TOKEN', 'SLUICE_SLACK_CHANNELS']) expect(stderr).toContain(name);
    expect(stderr).not.toContain('    at ');
  }, 60_000);

  it.each([
    ['SLACK_BOT_TOKEN', 'xoxb-of-nobody', 'the bot token (SLUICE_SLACK_BOT_TOKEN): invalid_auth'],
    ['SLACK_APP_TOKEN', 'xapp-of-nobody', 'the app-level token (SLUICE_SLACK_APP_TOKEN): '],
  ])('says that Slack does not take %s, and does not show it', async (name, token, message) => {
    const { code, stderr } = await up({ ...right(), [name]: token });
    expect(code).toBe(2);
    expect(stderr).toContain(`Slack does not take ${message}`);
    expect(stderr).not.toContain(token);
  }, 60_000);

  it('takes its settings from a file as well, which is before the environment', async () => {
    const file = join(data, 'slack.env');
    await writeFile(file, "# of the test\nSLUICE_SLACK_BOT_TOKEN='xoxb-of-the-file'\n", { mode: 0o600 });
    expect(await up(right(), file)).toMatchObject({ code: 2, stderr: expect.stringContaining('invalid_auth') });
    expect(await up(right(), join(data, 'missing.env'))).toMatchObject({ code: 2, stderr: expect.stringContaining('cannot be read') });
  }, 60_000);
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
