import type { Approval } from '@sluice/usecases';
import type { PersonCaller } from '../http/caller.js';

/** By which door a decision came: a session is the dashboard's; a token that `sluice login` made is the command line's; any other is the API's. A bot is a door of its own. */
export function doorOf({ credential, via }: PersonCaller): Approval['door'] {
  if (via) return via;
  if (credential.kind === 'session') return 'dashboard';
  return credential.label === 'cli' ? 'cli' : 'api';
}
