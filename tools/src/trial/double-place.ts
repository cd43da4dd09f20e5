import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { API } from '@sluice/contracts';
import type { DoubleRepository, ForgeDouble } from '@sluice/forge-doubles';
import { LocalSystem } from '@sluice/testing';
import { WorkTree } from '../system/work-tree.js';
import { budgetFindings } from './budget.js';
import type { MergeMethod } from './built-in-place.js';
import { DirectoryAgents } from './directory-agents.js';
import { TRIAL_FORGES, type TrialForge, type TrialForgeKind } from './doubles.js';
import { ENVIRONMENTS, PEOPLE, type TrialPlace, type TrialRequest } from './place.js';
import { secretFindings } from './secrets.js';

const REPOSITORY = 'trial';
const CREDENTIAL = 'there';
const PATH = 'acme/trial';
const BOT = 'sluice-bot';

interface Parts {
  readonly forge: TrialForge;
  readonly double: ForgeDouble;
  readonly there: DoubleRepository;
  readonly system: LocalSystem;
  readonly token: (login: string) => string;
}

/** On a strict double of a forge: connected with the server as an operator does it, approved by reviews that grace gives there with her own token. */
export async function doublePlace(kind: TrialForgeKind, seed: WorkTree, mergeMethod: MergeMethod): Promise<TrialPlace> {
  const forge: TrialForge = TRIAL_FORGES[kind];
  const double = await forge.start();
  const token = (login: string): string => double.accounts.grant(login, { ...(login === BOT ? forge.rights : forge.ofPeople), token: `token-of-${login}-for-trials` }).token;
  const there = await double.createRepository(PATH);
  forge.mergeOnlyBy(double, there, mergeMethod);
  const url = `${double.url}/${PATH}.git`;
  const environment = basic('ada', token('ada'));
  await pushSeed(seed, url, environment);
  const system = await LocalSystem.start({ example: false, environment: { SLUICE_OUTBOUND_ALLOW: '127.0.0.0/8' } });
  const parts: Parts = { forge, double, there, system, token };
  await connect(kind, parts);
  const agents = new DirectoryAgents({ system, repository: REPOSITORY, git: { url, token: token('agents') } });
  for (const name of ENVIRONMENTS) await agents.start(name);
  const connectedWith = double.log.calls().filter(isApi).length;
  return {
    system,
    repository: REPOSITORY,
    remote: { url, environment },
    folderOf: (name) => agents.folderOf(name),
    approve: () => reviewAll(parts),
    requests: () => Promise.resolve(requestsOf(there)),
    findings: async (requests, tell) => [
      ...double.unexpected(),
      ...(await secretFindings(join(system.data, 'logs'), secretsOf(parts))),
      ...budgetFindings({ calls: double.log.calls().filter(isApi).slice(connectedWith), approvals: there.reviews.length, requests }, tell),
    ],
    stop: async () => {
      await agents.stop();
      await system.stop();
      await double.stop();
    },
  };
}

function secretsOf({ there, token }: Parts): Readonly<Record<string, string>> {
  const hooks = [...there.hooks.values()].map(({ id, secret }) => [`webhook ${id}`, secret] as const);
  return { ...Object.fromEntries([BOT, 'agents', 'grace'].map((login) => [login, token(login)])), ...Object.fromEntries(hooks) };
}

function isApi({ method, login }: { readonly method: string; readonly login: string }): boolean {
  return method !== 'git' && login === BOT;
}

function basic(user: string, token: string): Readonly<Record<string, string>> {
  return { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'http.extraHeader', GIT_CONFIG_VALUE_0: `Authorization: Basic ${Buffer.from(`${user}:${token}`).toString('base64')}` };
}

async function pushSeed(seed: WorkTree, url: string, environment: Readonly<Record<string, string>>): Promise<void> {
  const pusher = await WorkTree.create(environment);
  try {
    await pusher.git('fetch', '--quiet', seed.folder, 'refs/heads/*:refs/heads/*');
    await pusher.git('push', '--quiet', '--force', url, 'refs/heads/*:refs/heads/*');
  } finally {
    await rm(pusher.folder, { recursive: true, force: true });
  }
}

/** `sluice credential add`, `sluice people add` and `link`, `sluice repository add`. */
async function connect(kind: TrialForgeKind, { double, system, token }: Parts): Promise<void> {
  await system.call(API.addCredential, { body: { name: CREDENTIAL, kind, url: double.url, secret: { kind: 'token', token: token(BOT) } } });
  for (const person of PEOPLE) {
    await system.call(API.savePerson, { body: person });
    double.accounts.add(person.name);
    await system.call(API.linkAccount, { body: { credential: CREDENTIAL, login: person.name, person: person.name } });
  }
  await system.call(API.connectRepository, { params: { repository: REPOSITORY }, body: { credential: CREDENTIAL, path: PATH } });
}

/** grace presses the button on each request into prod that is no draft and that she has not reviewed as it is. */
async function reviewAll({ forge, double, there, system, token }: Parts): Promise<void> {
  const { items } = await system.call(API.promotions, { query: { environment: 'prod', state: 'open', limit: 200 } });
  for (const { change } of items) {
    const request = there.requests.get(change?.number ?? 0);
    if (request?.state !== 'open' || request.draft) continue;
    if (there.reviews.some((review) => review.request === request.number && review.commit === request.head)) continue;
    const answer = await forge.approve({ double, repository: there }, request, token('grace'));
    // it has changed since she looked at it: then she looks again
    if (!answer.ok && answer.status !== 409) throw new Error(`grace cannot approve request ${request.number}: ${answer.status} ${await answer.text()}`);
  }
}

function requestsOf(there: DoubleRepository): readonly TrialRequest[] {
  return [...there.requests.values()].map(({ number, title, state, source }) => ({ number, title, state, sourceBranch: source }));
}
