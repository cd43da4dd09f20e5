import { generateKeyPairSync } from 'node:crypto';
import { AGENT_PROTOCOL, enrolled } from '@sluice/contracts';
import type { AgentContext } from '../agent-context.js';
import type { AgentFolder, Identity, SavedEnrolment } from '../disk/agent-folder.js';
import { EXIT, Stop } from '../exit-code.js';
import { hashOfToken } from './join-token.js';
import { askServer } from './server-client.js';

/** What an agent is: the key that never leaves it, and what it was enrolled for. */
export interface Enrolled {
  readonly identity: Identity;
  readonly enrolment: SavedEnrolment;
}

export interface NewToken {
  readonly token: string;
  readonly serverUrl: string;
}

/**
 * Enrols an agent that is enrolled already, with another token and a key of its own: the old key is shut out when the server has taken the new one. The new key is saved before the token is spent, and kept beside the old
 * one until it is known to be taken: an agent that is killed in between finds it with the same token.
 * @throws Stop for a token of another cluster; what the server says when it refuses, and then everything is as before.
 */
export async function enrolAnew(context: AgentContext, folder: AgentFolder, saved: SavedEnrolment, { token, serverUrl }: NewToken): Promise<Enrolled> {
  const spentToken = hashOfToken(token);
  const identity = await identityFor(folder, spentToken);
  const answer = await askToEnrol(context, serverUrl, token, identity);
  if (answer.cluster !== saved.cluster || answer.environment !== saved.environment || answer.repository !== saved.repository) throw anotherPlace(saved, answer);
  const enrolment = { ...answer, serverUrl, spentToken };
  await folder.saveIdentity(identity);
  await folder.saveEnrolment(enrolment);
  await folder.saveNextIdentity(undefined);
  return { identity, enrolment };
}

async function identityFor(folder: AgentFolder, forToken: string): Promise<Identity> {
  const next = await folder.nextIdentity();
  if (next?.forToken === forToken) return next.identity;
  const identity = newIdentity();
  await folder.saveNextIdentity({ forToken, identity });
  return identity;
}

export function newIdentity(): Identity {
  const { d, x } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' });
  if (!d || !x) throw new Error('no Ed25519 key');
  return { privateKey: { kty: 'OKP', crv: 'Ed25519', d, x } };
}

export function askToEnrol(context: AgentContext, serverUrl: string, joinToken: string, identity: Identity) {
  const { labels } = context.settings;
  const body = { protocol: AGENT_PROTOCOL, joinToken, publicKey: identity.privateKey.x, agentVersion: context.version, ...(labels && { labels }) };
  return askServer(serverUrl, { method: 'POST', path: '/agent/v1/enrol', body, answer: enrolled });
}

function anotherPlace(saved: SavedEnrolment, answer: Pick<SavedEnrolment, 'cluster' | 'environment' | 'repository'>): Stop {
  const place = ({ cluster, environment, repository }: typeof answer): string => `cluster ${cluster} (${environment} of ${repository})`;
  return new Stop(EXIT.enrolment, `This data folder belongs to the agent of ${place(saved)}, and the join token is for ${place(answer)}: give that agent a data folder of its own.`);
}
