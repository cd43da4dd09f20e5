import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { jest } from '@jest/globals';
import { API, type PromotionDetail } from '@sluice/contracts';
import { createLogger } from '@sluice/runtime';
import { SlackDouble, textOf, type HttpMode, type SlackMessage, type SlackUser } from '@sluice/slack-double';
import { LocalSystem, freePort } from '@sluice/testing';
import type { Settings } from '../settings.js';
import { startBot, type RunningBot } from '../start-bot.js';
import { SluiceGate } from './sluice-gate.fixture.js';

const run = promisify(execFile);

// many run on a busy machine, each with a real Sluice
jest.setTimeout(120_000);

const START_TIMEOUT = 180_000;

export interface ShopFields {
  /** Lines below qa in the pipeline file. */
  readonly qa?: string;
  readonly applications?: readonly string[];
  readonly roles?: string;
}

/** Anybody but its authors and whoever asked for it. */
export const APPROVED = '      approvals: { required: 1, from: ["*"], excludeAuthors: true }';

export interface BotOptions {
  readonly mode?: 'socket' | 'http';
  readonly channels?: Settings['channels'];
  readonly pace?: Partial<Settings['pace']>;
}

// as the real one, but in a hundredth of the time
const PACE: Settings['pace'] = { post: 25, update: 25, gather: 30, patience: 400, answer: 20_000, sweep: 2_000, notifications: 200, accounts: 60_000, account: 25, named: 300 };

/** A real Sluice, the double of Slack, and a real bot between them. */
class SlackWorld {
  slack!: SlackDouble;
  private bot: RunningBot | undefined;
  private readonly others: RunningBot[] = [];
  private readonly tokens = new Map<string, string>();
  private count = 0;
  readonly logged: string[] = [];
  http: HttpMode | undefined;
  private options: BotOptions = {};

  private constructor(
    readonly sluice: LocalSystem,
    private readonly folder: string,
    private botToken: string,
    /** What the bot goes through to Sluice. */
    readonly gate: SluiceGate,
  ) {}

  static async start(): Promise<SlackWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-slack-'));
    const sluice = await LocalSystem.start({ example: false, environment: { SLUICE_RATE_LIMIT: '100000' } });
    await sluice.call(API.savePerson, { body: { name: 'slack-bot', displayName: 'Slack bot', service: true } });
    const { token } = await sluice.call(API.createTokenFor, { params: { person: 'slack-bot' }, body: { scopes: ['slack', 'read', 'promote', 'approve'] } });
    const world = new SlackWorld(sluice, folder, token, await SluiceGate.start(sluice.url));
    for (const name of ['ada', 'bob', 'grace', 'eve']) await world.person(name);
    return world;
  }

  async person(name: string, groups: readonly string[] = []): Promise<void> {
    await this.sluice.call(API.savePerson, { body: { name, displayName: name, emails: [`${name}@example.org`], groups } });
    if (!this.tokens.has(name)) this.tokens.set(name, await this.sluice.tokenOf(name));
  }

  /** Before each test: an empty workspace and a bot that has just come. */
  async open(options: BotOptions & { readonly double?: Parameters<typeof SlackDouble.start>[0] } = {}): Promise<void> {
    this.slack = await SlackDouble.start({ scale: 0.01, ...options.double });
    this.logged.length = 0;
    this.options = options;
    await this.startBot();
  }

  async startBot(): Promise<void> {
    const { mode = 'socket' } = this.options;
    const port = await freePort();
    this.bot = await this.botOf(this.slack, mode === 'socket' ? { kind: 'socket', appToken: this.slack.appToken } : { kind: 'http', signingSecret: this.slack.signingSecret, host: '127.0.0.1', port });
    if (mode === 'http') this.http = this.slack.tellOverHttp(`http://127.0.0.1:${port}/slack/events`);
  }

  /** A further bot, of another workspace, which tells that channel. It ends with the test. */
  async startBotIn(slack: SlackDouble, channel: string): Promise<void> {
    this.others.push(await this.botOf(slack, { kind: 'socket', appToken: slack.appToken }, [{ environment: '*', channel }]));
  }

  private botOf(slack: SlackDouble, hearing: Settings['hearing'], channels = this.options.channels): Promise<RunningBot> {
    const { pace } = this.options;
    const settings: Settings = {
      sluice: { url: this.gate.url, token: this.botToken },
      botToken: slack.botToken,
      hearing,
      slackApiUrl: slack.apiUrl,
      channels: channels ?? [{ environment: '*', channel: 'C1' }],
      pace: { ...PACE, ...pace },
      logLevel: 'debug',
    };
    return startBot(settings, createLogger({ name: 'bot', level: 'debug', destination: { write: (text) => void this.logged.push(text) } }));
  }

  /** Everything that is to be told has been. */
  async idle(): Promise<void> {
    await until(() => this.bot?.publisher.isIdle, () => `the bot goes on: ${this.logged.slice(-30).join('')}`);
  }

  async stopBot(): Promise<void> {
    const bots = [...(this.bot ? [this.bot] : []), ...this.others.splice(0)];
    this.bot = undefined;
    await Promise.all(bots.map((bot) => bot.close()));
  }

  /** After each test. @throws Error when the bot has done what Slack does not take, or written a secret into its log. */
  async close(): Promise<void> {
    await this.gate.set('open');
    await this.stopBot();
    const unexpected = this.slack.unexpected();
    const { botToken, appToken, signingSecret } = this.slack;
    await this.slack.stop();
    const leaked = [botToken, appToken, signingSecret, this.botToken].filter((secret) => this.logged.some((text) => text.includes(secret)));
    if (unexpected.length > 0) throw new Error(`Slack would not take this: ${unexpected.join('; ')}`);
    if (leaked.length > 0) throw new Error('there is a secret in the log');
  }

  async stop(): Promise<void> {
    await this.gate.stop();
    await this.sluice.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Somebody in Slack who has linked their account. */
  async linked(name: string): Promise<SlackUser> {
    const user = this.slack.user(`U${name.toUpperCase()}`);
    const before = user.told().length;
    await user.command(`link ${await this.code(name)}`);
    await until(() => user.told().length > before);
    return user;
  }

  async code(name: string): Promise<string> {
    return (await this.sluice.call(API.createSlackCode, { token: this.tokenOf(name) })).code;
  }

  get tokenOfBot(): string {
    return this.botToken;
  }

  tokenOf(name: string): string {
    const token = this.tokens.get(name);
    if (token === undefined) throw new Error(`there is no ${name}`);
    return token;
  }

  async shop(fields: ShopFields = {}): Promise<SlackShop> {
    this.count += 1;
    const id = `shop-${this.count}`;
    await this.sluice.call(API.createRepository, { body: { id } });
    const shop = new SlackShop(this, id, join(this.folder, id));
    await shop.create(fields);
    return shop;
  }

  /** The parent message of a promotion in a channel, as soon as it is as wanted. */
  async untilParent(application: string, fits: (message: SlackMessage) => boolean = () => true, channel = 'C1'): Promise<SlackMessage> {
    const candidates = () => this.slack.posts(channel).filter((post) => textOf(post.blocks).includes(`${application} →`));
    return until(() => candidates().find(fits), () => candidates().map(said).join('\n') + this.logged.slice(-5).join(''));
  }
}

/** One repository of the world with dev → qa. */
export class SlackShop {
  constructor(
    private readonly world: SlackWorld,
    readonly id: string,
    private readonly folder: string,
  ) {}

  async create({ qa = APPROVED, applications = ['checkout'], roles = '' }: ShopFields): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    await this.git('ada', 'init', '--quiet', '--initial-branch=main');
    await this.git('ada', 'remote', 'add', 'origin', `${this.world.sluice.url}/git/${this.id}.git`);
    const pipeline = `apiVersion: sluice.dev/v1\nkind: Pipeline\nmetadata: { name: ${this.id} }\nspec:\n  environments:\n    - name: dev\n      branch: dev\n    - name: qa\n      branch: qa\n      from: [dev]\n${qa}\n  applications:\n${applications.map((name) => `    - { name: ${name}, paths: ["apps/${name}/**"] }`).join('\n')}\n${roles}`;
    const content = Object.fromEntries(applications.map((name) => [`apps/${name}/config.yaml`, config('1.0')]));
    await this.git('ada', 'checkout', '--quiet', '--orphan', 'dev');
    await this.commitAs('ada', content);
    await this.git('ada', 'push', '--quiet', 'origin', 'dev', 'dev:qa');
    await this.git('ada', 'checkout', '--quiet', '--orphan', 'main');
    await this.git('ada', 'rm', '-rfq', '--ignore-unmatch', '.');
    await this.commitAs('ada', { 'sluice.yaml': pipeline });
    await this.git('ada', 'push', '--quiet', 'origin', 'main');
    await until(async () => (await this.world.sluice.call(API.matrix, { params: { repository: this.id } }).catch(() => undefined))?.cells.some(({ environment, commit }) => environment === 'qa' && commit !== undefined));
  }

  /** Somebody puts another version into dev. */
  async release(version: string, { by = 'ada', applications = ['checkout'] }: { readonly by?: string; readonly applications?: readonly string[] } = {}): Promise<void> {
    await this.git(by, 'checkout', '--quiet', 'dev');
    await this.commitAs(by, Object.fromEntries(applications.map((name) => [`apps/${name}/config.yaml`, config(version)])));
    await this.git(by, 'push', '--quiet', 'origin', 'dev');
  }

  /** The newest promotion of an application, as the server has it. */
  async promotion(application = 'checkout'): Promise<PromotionDetail | undefined> {
    const { items } = await this.world.sluice.call(API.promotions, { query: { repository: this.id, application, limit: 1 } });
    return items[0] && this.world.sluice.call(API.promotion, { params: { repository: this.id, promotion: items[0].id } });
  }

  async untilPromotion(fits: (detail: PromotionDetail) => boolean, application = 'checkout'): Promise<PromotionDetail> {
    let last: PromotionDetail | undefined;
    return until(async () => {
      last = await this.promotion(application);
      return last && fits(last) ? last : undefined;
    }, () => JSON.stringify(last));
  }

  /** A release that waits for approval, and the message that says so. */
  async waiting(version = '2.0', by = 'ada'): Promise<SlackMessage> {
    await this.release(version, { by });
    const detail = await this.untilPromotion(waitsForApproval);
    return this.world.untilParent('checkout', (message) => buttons(message).includes('approve') && JSON.stringify(message.blocks).includes(detail.digest));
  }

  private async commitAs(by: string, files: Readonly<Record<string, string>>): Promise<void> {
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(this.folder, path)), { recursive: true });
      await writeFile(join(this.folder, path), text);
    }
    await this.git(by, 'add', '--all');
    await this.git(by, 'commit', '--quiet', '--message', 'Change');
  }

  private async git(by: string, ...args: readonly string[]): Promise<void> {
    const header = `Authorization: Basic ${Buffer.from(`token:${this.world.tokenOf(by)}`).toString('base64')}`;
    const who = { GIT_AUTHOR_NAME: by, GIT_AUTHOR_EMAIL: `${by}@example.org`, GIT_COMMITTER_NAME: by, GIT_COMMITTER_EMAIL: `${by}@example.org` };
    await run('git', args, { cwd: this.folder, env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'http.extraHeader', GIT_CONFIG_VALUE_0: header, ...who } });
  }
}

function config(version: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: settings }\ndata: { version: "${version}" }\n`;
}

/** A change, which somebody is to approve: not the record with which a lane begins. */
export function waitsForApproval({ kind, state, verdicts }: PromotionDetail): boolean {
  return kind === 'change' && state === 'open' && verdicts.some(({ type }) => type === 'approvals');
}

/** The actions that a message offers. */
export function buttons(message: SlackMessage): readonly string[] {
  return message.blocks.flatMap((block) => (block.type === 'actions' ? block.elements.map(({ action_id }) => action_id) : []));
}

export function said(message: SlackMessage | undefined): string {
  return message ? `${message.text}\n${textOf(message.blocks)}` : '';
}

/** What was said to somebody alone, together. */
export function toldTo(user: SlackUser): string {
  return user.told().map(said).join('\n');
}

const PATIENCE = 40_000;

/** Waits for what is to come. @throws Error with what there was instead. */
export async function until<T>(look: () => T | undefined | false | Promise<T | undefined | false>, otherwise: () => string = () => '', patience = PATIENCE): Promise<T> {
  const end = Date.now() + patience;
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`it does not come: ${otherwise()}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Runs scenarios on one Sluice, each with a workspace and a bot of its own. */
export function describeSlack(title: string, suite: (world: () => SlackWorld) => void, options: Parameters<SlackWorld['open']>[0] = {}): void {
  describe(title, () => {
    let world: SlackWorld;
    beforeAll(async () => {
      world = await SlackWorld.start();
    }, START_TIMEOUT);
    afterAll(() => world?.stop());
    beforeEach(() => world.open(options), START_TIMEOUT);
    afterEach(() => world.close(), START_TIMEOUT);
    suite(() => world);
  });
}
