import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { messageOf } from '@sluice/kernel';
import type { Settings } from '../config/settings.js';
import { EXIT, Stop } from '../exit-code.js';

/** The join token of this machine's settings. @throws Stop when there is none. */
export async function joinToken(settings: Pick<Settings, 'joinToken' | 'joinTokenFile'>): Promise<string> {
  if (settings.joinToken) return settings.joinToken;
  if (!settings.joinTokenFile) throw new Stop(EXIT.enrolment, 'This agent is not enrolled: set SLUICE_JOIN_TOKEN, or SLUICE_JOIN_TOKEN_FILE to a file that holds the token.');
  try {
    return (await readFile(settings.joinTokenFile, 'utf8')).trim();
  } catch (error) {
    throw new Stop(EXIT.enrolment, `The file of the join token cannot be read: ${messageOf(error)}.`, error);
  }
}

/** What of a token is kept once it is spent: enough to know it again. */
export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
