import { createHash, generateKeyPairSync } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { AGENT_PROTOCOL, enrolled } from '@sluice/contracts';
import { messageOf, Unavailable } from '@sluice/kernel';
import type { AgentContext } from '../agent-context.js';
import type { Settings } from '../config/settings.js';
import type { AgentFolder, Identity, SavedEnrolment } from '../disk/agent-folder.js';
import { EXIT, Stop } from '../exit-code.js';
import { backoff } from '../sync/backoff.js';
import { askServer } from './server-client.js';

const MAX_WAIT_MS = 30_000;

/** What an agent is: the key that never leaves it, and what it was enrolled for. */
export interface Enrolled {
  readonly identity: Identity;
  readonly enrolment: SavedEnrolment;
}

/**
 * What the agent is: from disk when it was enrolled before, else by spending the join token. A token that it has not spent yet enrols it again, with the same key: for a control plane that lost its database.
 * @throws Stop when the token is refused and there is no enrolment to go on with: trying again would not help.
 */
export async function enrolAgent(context: AgentContext, folder: AgentFolder): Promise<Enrolled> {
  const { settings } = context;
  // saved first: were the token spent and the key lost, nobody could enrol again with it
  const identity = (await folder.identity()) ?? (await createIdentity(folder));
  const saved = await folder.enrolment();
  if (saved) return { identity, enrolment: (await enrolAgain(context, folder, { identity, enrolment: saved })) ?? (await followServer(context, folder, saved)) };
  const { serverUrl } = settings;
  if (!serverUrl) throw new Stop(EXIT.settings, 'This agent is not enrolled: set SLUICE_SERVER_URL to the address of the control plane.');
  const token = await joinToken(settings);
  const enrolment = { ...(await spendToken(context, serverUrl, token, identity)), serverUrl, spentToken: hashOf(token) };
  await folder.saveEnrolment(enrolment);
  return { identity, enrolment };
}

/** @returns undefined when there is no other token than the one that was spent, or it came to nothing: what is saved holds. */
async function enrolAgain(context: AgentContext, folder: AgentFolder, { identity, enrolment: saved }: Enrolled): Promise<SavedEnrolment | undefined> {
  const { settings, log } = context;
  const serverUrl = settings.serverUrl ?? saved.serverUrl;
  const token = await joinToken(settings).catch(() => undefined);
  if (token === undefined || hashOf(token) === saved.spentToken) return undefined;
  try {
    const answer = await askToEnrol(context, serverUrl, token, identity);
    if (answer.cluster !== saved.cluster || answer.environment !== saved.environment || answer.repository !== saved.repository) throw anotherPlace(saved, answer);
    const enrolment = { ...answer, serverUrl, spentToken: hashOf(token) };
    await folder.saveEnrolment(enrolment);
    // what the control plane assigns is counted from the beginning again
    const { assignment: _assignment, ...rest } = await folder.read();
    await folder.write(rest);
    log.info({ cluster: answer.cluster }, 'enrolled again');
    return enrolment;
  } catch (error) {
    if (error instanceof Stop) throw error;
    log.warn({ err: error }, 'the new join token was not taken; the agent goes on as it was enrolled');
    return undefined;
  }
}

function anotherPlace(saved: SavedEnrolment, answer: Pick<SavedEnrolment, 'cluster' | 'environment' | 'repository'>): Stop {
  const place = ({ cluster, environment, repository }: typeof answer): string => `cluster ${cluster} (${environment} of ${repository})`;
  return new Stop(EXIT.enrolment, `This data folder belongs to the agent of ${place(saved)}, and the join token is for ${place(answer)}: give that agent a data folder of its own.`);
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

async function createIdentity(folder: AgentFolder): Promise<Identity> {
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  if (!d || !x) throw new Error('no Ed25519 key');
  const identity: Identity = { privateKey: { kty: 'OKP', crv: 'Ed25519', d, x } };
  await folder.saveIdentity(identity);
  return identity;
}

async function followServer({ settings, log }: AgentContext, folder: AgentFolder, saved: SavedEnrolment): Promise<SavedEnrolment> {
  if (!settings.serverUrl || settings.serverUrl === saved.serverUrl) return saved;
  log.info({ from: saved.serverUrl, to: settings.serverUrl }, 'the control plane moved');
  const gitUrl = saved.gitUrl.startsWith(`${saved.serverUrl}/`) ? settings.serverUrl + saved.gitUrl.slice(saved.serverUrl.length) : saved.gitUrl;
  const moved = { ...saved, serverUrl: settings.serverUrl, gitUrl };
  await folder.saveEnrolment(moved);
  return moved;
}

async function joinToken(settings: Settings): Promise<string> {
  if (settings.joinToken) return settings.joinToken;
  if (!settings.joinTokenFile) throw new Stop(EXIT.enrolment, 'This agent is not enrolled: set SLUICE_JOIN_TOKEN, or SLUICE_JOIN_TOKEN_FILE to a file that holds the token.');
  try {
    return (await readFile(settings.joinTokenFile, 'utf8')).trim();
  } catch (error) {
    throw new Stop(EXIT.enrolment, `The file of the join token cannot be read: ${messageOf(error)}.`, error);
  }
}

/** Waits for a server that does not answer; takes its no for a no. */
async function spendToken(context: AgentContext, serverUrl: string, token: string, identity: Identity) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await askToEnrol(context, serverUrl, token, identity);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw refused(error);
      context.log.warn({ err: error, attempt }, 'the control plane does not answer; enrolment is tried again');
      await sleep(backoff(attempt, MAX_WAIT_MS), undefined, { signal: context.signal });
    }
  }
}

function askToEnrol(context: AgentContext, serverUrl: string, joinToken: string, identity: Identity) {
  const { labels } = context.settings;
  const body = { protocol: AGENT_PROTOCOL, joinToken, publicKey: identity.privateKey.x, agentVersion: context.version, ...(labels && { labels }) };
  return askServer(serverUrl, { method: 'POST', path: '/agent/v1/enrol', body, answer: enrolled });
}

function refused(error: unknown): Stop {
  return new Stop(
    EXIT.enrolment,
    `The control plane refuses the join token: ${messageOf(error)}. A token is good once and for a limited time: make a new one with \`sluice clusters token\` and start the agent with it.`,
    error,
  );
}
