import { generateKeyPairSync } from 'node:crypto';
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

/** What the agent is: from disk when it was enrolled before, else by spending the join token. @throws Stop when the token is refused: trying again would not help. */
export async function enrolAgent(context: AgentContext, folder: AgentFolder): Promise<Enrolled> {
  const { settings } = context;
  // saved first: were the token spent and the key lost, nobody could enrol again with it
  const identity = (await folder.identity()) ?? (await createIdentity(folder));
  const saved = await folder.enrolment();
  if (saved) return { identity, enrolment: await followServer(context, folder, saved) };
  const { serverUrl } = settings;
  if (!serverUrl) throw new Stop(EXIT.settings, 'This agent is not enrolled: set SLUICE_SERVER_URL to the address of the control plane.');
  const answer = await spendToken(context, serverUrl, await joinToken(settings), identity);
  const enrolment = { ...answer, serverUrl };
  await folder.saveEnrolment(enrolment);
  return { identity, enrolment };
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
  const body = { protocol: AGENT_PROTOCOL, joinToken: token, publicKey: identity.privateKey.x, agentVersion: context.version };
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await askServer(serverUrl, { method: 'POST', path: '/agent/v1/enrol', body, answer: enrolled });
    } catch (error) {
      if (!(error instanceof Unavailable)) throw refused(error);
      context.log.warn({ err: error, attempt }, 'the control plane does not answer; enrolment is tried again');
      await sleep(backoff(attempt, MAX_WAIT_MS), undefined, { signal: context.signal });
    }
  }
}

function refused(error: unknown): Stop {
  return new Stop(
    EXIT.enrolment,
    `The control plane refuses the join token: ${messageOf(error)}. A token is good once and for a limited time: make a new one with \`sluice clusters token\` and start the agent with it.`,
    error,
  );
}
