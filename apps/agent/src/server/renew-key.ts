import { Unavailable } from '@sluice/kernel';
import type { AgentContext } from '../agent-context.js';
import type { AgentFolder } from '../disk/agent-folder.js';
import type { AgentSession } from './agent-session.js';
import { enrolAnew } from './enrol-anew.js';
import { hashOfToken, joinToken } from './join-token.js';

export interface RenewKeyParts {
  readonly context: AgentContext;
  readonly folder: AgentFolder;
  readonly session: AgentSession;
}

/** Takes another join token that is put into the file of the token while the agent runs: rotates its key without a restart, and lets an agent in again that was revoked. */
export class RenewKey {
  /** It was refused, and is not tried again. */
  private refused: string | undefined;

  constructor(private readonly parts: RenewKeyParts) {}

  /** Looks at the file. @returns whether there is a new key. @throws Unavailable; the next look tries again. */
  async look(): Promise<boolean> {
    const { context, folder, session } = this.parts;
    const { settings, log } = context;
    const saved = await folder.enrolment();
    const token = settings.joinTokenFile ? await joinToken({ joinToken: undefined, joinTokenFile: settings.joinTokenFile }).catch(() => undefined) : undefined;
    if (!saved || !token || [saved.spentToken, this.refused].includes(hashOfToken(token))) return false;
    try {
      const { identity } = await enrolAnew(context, folder, saved, { token, serverUrl: session.serverUrl });
      session.renew(identity);
      log.info({ cluster: saved.cluster }, 'the agent has a new key');
      return true;
    } catch (error) {
      if (error instanceof Unavailable) throw error;
      this.refused = hashOfToken(token);
      log.warn({ err: error }, 'the new join token was not taken; the agent goes on as it was enrolled');
      return false;
    }
  }
}
