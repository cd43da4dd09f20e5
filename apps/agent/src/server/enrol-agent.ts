import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, Unavailable } from '@sluice/kernel';
import type { AgentContext } from '../agent-context.js';
import type { AgentFolder, Identity, SavedEnrolment } from '../disk/agent-folder.js';
import { EXIT, Stop } from '../exit-code.js';
import { backoff } from '../sync/backoff.js';
import { askToEnrol, enrolAnew, type Enrolled, newIdentity } from './enrol-anew.js';
import { hashOfToken, joinToken } from './join-token.js';

const MAX_WAIT_MS = 30_000;

/**
 * What the agent is: from disk when it was enrolled before, else by spending the join token. A token that it has not spent yet enrols it again, with a new key: to rotate it, or for a control plane that lost its database.
 * @throws Stop when the token is refused and there is no enrolment to go on with: trying again would not help.
 */
export async function enrolAgent(context: AgentContext, folder: AgentFolder): Promise<Enrolled> {
  const { settings } = context;
  // saved first: were the token spent and the key lost, nobody could enrol again with it
  const identity = (await folder.identity()) ?? (await createIdentity(folder));
  const saved = await folder.enrolment();
  if (saved) return (await enrolAgain(context, folder, saved)) ?? { identity, enrolment: await followServer(context, folder, saved) };
  const { serverUrl } = settings;
  if (!serverUrl) throw new Stop(EXIT.settings, 'This agent is not enrolled: set SLUICE_SERVER_URL to the address of the control plane.');
  const token = await joinToken(settings);
  const enrolment = { ...(await spendToken(context, serverUrl, token, identity)), serverUrl, spentToken: hashOfToken(token) };
  await folder.saveEnrolment(enrolment);
  return { identity, enrolment };
}

/** @returns undefined when there is no other token than the one that was spent, or it came to nothing: what is saved holds. */
async function enrolAgain(context: AgentContext, folder: AgentFolder, saved: SavedEnrolment): Promise<Enrolled | undefined> {
  const { settings, log } = context;
  const token = await joinToken(settings).catch(() => undefined);
  if (token === undefined || hashOfToken(token) === saved.spentToken) return undefined;
  try {
    const again = await enrolAnew(context, folder, saved, { token, serverUrl: settings.serverUrl ?? saved.serverUrl });
    // what the control plane assigns is counted from the beginning again
    const { assignment: _assignment, ...rest } = await folder.read();
    await folder.write(rest);
    log.info({ cluster: saved.cluster }, 'enrolled again');
    return again;
  } catch (error) {
    if (error instanceof Stop) throw error;
    log.warn({ err: error }, 'the new join token was not taken; the agent goes on as it was enrolled');
    return undefined;
  }
}

async function createIdentity(folder: AgentFolder): Promise<Identity> {
  const identity = newIdentity();
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

/** Waits for a server that does not answer; takes its no for a no. */
async function spendToken(context: AgentContext, serverUrl: string, token: string, identity: Identity) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await askToEnrol(context, serverUrl, token, identity);
    } catch (error) {
      if (!(error instanceof Unavailable)) throw refused(error);
      context.log.warn({ err: error, attempt }, 'the control plane does not answer; enrolment is tried again');
      await sleep(backoff(attempt, { most: MAX_WAIT_MS }), undefined, { signal: context.signal });
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
